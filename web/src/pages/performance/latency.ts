// What a recording's rows say about latency. Pure.
import { kStages, type Recording, type Sample, type Stage } from '../../api/recordings';

// From drawn, or captured where the program does not say, to the last that is known of each picture that arrived.
export function latenciesUs(recording: Pick<Recording, 'columns' | 'rows'>): number[] {
  const at = (name: string) => recording.columns.indexOf(name);
  const begins = ['drawn_us', 'captured_us'].map(at);
  const ends = ['presented_us', 'decoded_us', 'received_us', 'last_sent_us'].map(at);
  const first = (row: readonly unknown[], columns: readonly number[]) =>
    columns.map((column) => row[column]).find((value): value is number => typeof value === 'number');
  return recording.rows.flatMap((row) => {
    const [begin, end] = [first(row, begins), first(row, ends)];
    return begin === undefined || end === undefined || end < begin ? [] : [end - begin];
  });
}

export interface Bucket {
  fromMs: number;
  toMs: number;
  count: number;
}

// The last bucket takes everything that is later still.
export function histogram(latencies: readonly number[], bucketCount = 24): Bucket[] {
  if (latencies.length === 0) return [];
  const high = percentile(latencies, 0.99) ?? 0;
  const widthMs = Math.max(0.5, Math.ceil((high / 1000 / bucketCount) * 2) / 2);
  const buckets = Array.from({ length: bucketCount }, (_, index) => ({ fromMs: index * widthMs, toMs: (index + 1) * widthMs, count: 0 }));
  for (const latency of latencies) {
    const bucket = buckets[Math.min(bucketCount - 1, Math.floor(latency / 1000 / widthMs))];
    if (bucket) bucket.count += 1;
  }
  return buckets;
}

export function percentile(values: readonly number[], share: number): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

// The median of each stage in ms; 0 where nobody tells.
export function stageMs(sample: Sample): Record<Stage, number> {
  return Object.fromEntries(kStages.map((stage) => [stage, (sample.latency_us[stage]?.p50 ?? 0) / 1000])) as Record<Stage, number>;
}
