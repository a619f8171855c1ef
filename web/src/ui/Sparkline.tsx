// A small graph of the last minute or so. The figures beside it say the same in words.
interface Props {
  values: readonly number[];
  label: string; // for who does not see it
  color?: string;
  // What fills the height at least, so that noise does not look like a catastrophe.
  least?: number;
  capacity?: number; // how many values fill the width
}

const kWidth = 240;
const kHeight = 56;

export function Sparkline({ values, label, color = 'var(--accent)', least = 0, capacity = 60 }: Props) {
  const top = Math.max(least, ...values) * 1.1 || 1;
  const shown = values.slice(-capacity);
  const x = (index: number) => kWidth - (shown.length - 1 - index) * (kWidth / (capacity - 1));
  const y = (value: number) => kHeight - 2 - (Math.max(0, value) / top) * (kHeight - 4);
  const line = shown.map((value, index) => `${index === 0 ? 'M' : 'L'}${x(index).toFixed(1)} ${y(value).toFixed(1)}`).join('');
  return (
    <svg className="spark" viewBox={`0 0 ${kWidth} ${kHeight}`} preserveAspectRatio="none" role="img" aria-label={label} data-points={shown.length}>
      <line x1="0" x2={kWidth} y1={kHeight - 1} y2={kHeight - 1} stroke="var(--line)" vectorEffect="non-scaling-stroke" />
      {shown.length > 1 && (
        <>
          <path d={`${line}L${kWidth} ${kHeight}L${x(0).toFixed(1)} ${kHeight}Z`} fill={color} opacity="0.13" />
          <path d={line} fill="none" stroke={color} strokeWidth="1.8" strokeLinejoin="round" vectorEffect="non-scaling-stroke" />
        </>
      )}
    </svg>
  );
}
