const A = () => <p>x</p>;
