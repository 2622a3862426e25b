const A = () => (
  <div>
    <p>x</p>
  </div>
);
