// "1920x1080@60" as people read it.
export function Mode({ mode }: { mode: string }) {
  const [size, rate] = mode.split('@');
  return (
    <>
      <span className="whole">{(size ?? mode).replace('x', ' × ')}</span> {rate !== undefined && <small>{rate} Hz</small>}
    </>
  );
}
