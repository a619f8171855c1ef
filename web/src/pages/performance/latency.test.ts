import { expect, test } from 'vitest';
import { histogram, latenciesUs, percentile } from './latency';

const columns = ['frame', 'drawn_us', 'captured_us', 'last_sent_us', 'received_us', 'decoded_us', 'presented_us'];

test('latency runs from the first to the last that is known', () => {
  const rows = [
    [0, 100, 200, 5_000, 6_000, 9_000, null],
    [1, null, 200, 5_200, null, null, null],
    [2, null, null, 5_000, null, null, null],
  ];
  expect(latenciesUs({ columns, rows: rows as never })).toEqual([8_900, 5_000]);
});

test('every latency is in one bucket, the late ones in the last', () => {
  const buckets = histogram([1_000, 2_000, 2_100, 900_000], 10);
  expect(buckets.reduce((sum, bucket) => sum + bucket.count, 0)).toBe(4);
  expect(buckets.at(-1)?.count).toBe(1);
  expect(histogram([])).toEqual([]);
});

test('percentiles are of the values that there are', () => {
  expect(percentile([3, 1, 2], 0.5)).toBe(2);
  expect(percentile([], 0.5)).toBeUndefined();
});
