// "1920x1080@60" as people read it.
export function Mode({ mode }: { mode: string }) {
  const [size, rate] = mode.split('@');
  return (
    <>
      {(size ?? mode).replace('x', ' × ')} {rate !== undefined && <small>{rate} Hz</small>}
    </>
  );
}
