// How sessions do, second by second and picture by picture: live, and as it was recorded.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, ask, type Schemas } from './client';
import { keys } from './keys';

export type Figures = Schemas['Figures'];
export type Sample = Figures['samples'][number];
export type Recording = Schemas['Recording'];
export type Hitch = Schemas['Hitch'];
export type SavedRecording = Schemas['SavedRecording'];

// In the order in which a picture passes them.
export const kStages = ['compositor', 'capture', 'encoder', 'send', 'network', 'decode', 'present'] as const;
export type Stage = (typeof kStages)[number];

const kEveryMs = 1_000;
const kShownS = 60;
// What may have come since the last question, and a little more.
const kNewS = 4;
const kTimelineEveryMs = 3_000;

export function mergedFigures(before: Figures | undefined, told: Figures, capacity = kShownS): Figures {
  const newest = new Map([...(before?.samples ?? []), ...told.samples].map((sample) => [sample.at_us, sample]));
  const samples = [...newest.values()].sort((a, b) => a.at_us - b.at_us).slice(-capacity);
  return { ...told, samples };
}

export function useFigures(session: number) {
  const queries = useQueryClient();
  const queryKey = keys.figures(session);
  return useQuery({
    queryKey,
    queryFn: async () => {
      const before = queries.getQueryData<Figures>(queryKey);
      const seconds = before && before.samples.length > 0 ? kNewS : kShownS;
      return mergedFigures(before, await ask(api.GET('/sessions/{session}/figures', { params: { path: { session }, query: { seconds } } })));
    },
    refetchInterval: kEveryMs,
    gcTime: kShownS * 1000,
  });
}

export function useTimeline(session: number) {
  return useQuery({
    queryKey: keys.timeline(session),
    queryFn: () => ask(api.GET('/sessions/{session}/timeline', { params: { path: { session }, query: { seconds: kShownS, rows: 600 } } })),
    refetchInterval: kTimelineEveryMs,
  });
}

export function useRecordings() {
  return useQuery({ queryKey: keys.recordings, queryFn: async () => (await ask(api.GET('/recordings'))).recordings });
}

export function useRecording(recording: string) {
  return useQuery({ queryKey: [...keys.recordings, recording], queryFn: () => ask(api.GET('/recordings/{recording}', { params: { path: { recording } } })), staleTime: Infinity });
}

export function useRecordingFigures(recording: string) {
  return useQuery({
    queryKey: [...keys.recordings, recording, 'figures'],
    queryFn: () => ask(api.GET('/recordings/{recording}/figures', { params: { path: { recording } } })),
    staleTime: Infinity,
  });
}

export const perfettoAddress = (recording: string) => `/api/v1/recordings/${encodeURIComponent(recording)}/perfetto`;

function useRecordingChange<Given, Result>(change: (given: Given) => Promise<Result>) {
  const queries = useQueryClient();
  // A session says whether it is recorded.
  const renew = () => Promise.all([keys.recordings, keys.sessions].map((queryKey) => queries.invalidateQueries({ queryKey })));
  return useMutation({ mutationFn: change, onSettled: renew });
}

// The last minute.
export const useSaveRecording = () => useRecordingChange((session: number) => ask(api.POST('/recordings', { body: { session, seconds: kShownS } })));
export const useStartRecording = () => useRecordingChange((session: number) => ask(api.POST('/recordings/start', { body: { session } })));
export const useStopRecording = () => useRecordingChange((session: number) => ask(api.POST('/recordings/stop', { body: { session } })));
export const useDeleteRecording = () => useRecordingChange((recording: string) => ask(api.DELETE('/recordings/{recording}', { params: { path: { recording } } })));
