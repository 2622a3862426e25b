const A = <T,>(p: T) => (
  <p style={{ color: 'red' }} {...p}>
    {p ? <b>&amp;</b> : null}
  </p>
);
