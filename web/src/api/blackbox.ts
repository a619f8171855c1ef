// The black box: the last seconds of a session, kept in memory to be saved when something happened.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, ask, type Schemas } from './client';
import { keys } from './keys';

export type BlackBox = Schemas['BlackBox'];
export type BlackBoxSession = Schemas['BlackBoxSession'];
export type Clip = Schemas['Clip'];

// What is held grows from second to second, which is no event.
const kHeldEveryMs = 3_000;
export const kSettingsKey = 'blackbox.enabled';

export function useBlackBox() {
  return useQuery({
    queryKey: keys.blackbox,
    queryFn: () => ask(api.GET('/blackbox')),
    refetchInterval: (query) => (query.state.data?.enabled ? kHeldEveryMs : false),
  });
}

export function useSwitchBlackBox() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (on: boolean) => ask(api.PATCH('/settings', { body: { values: { [kSettingsKey]: on } } })),
    onSettled: () => Promise.all([keys.blackbox, keys.settings].map((queryKey) => queries.invalidateQueries({ queryKey }))),
  });
}

export function useClips() {
  return useQuery({ queryKey: keys.clips, queryFn: async () => (await ask(api.GET('/clips'))).clips });
}

function useClipChange<Given, Result>(change: (given: Given) => Promise<Result>) {
  const queries = useQueryClient();
  return useMutation({ mutationFn: change, onSettled: () => queries.invalidateQueries({ queryKey: keys.clips }) });
}

export const useSaveClip = () => useClipChange((session: number) => ask(api.POST('/sessions/{session}/blackbox', { params: { path: { session } } })));
export const useDeleteClip = () => useClipChange((clip: string) => ask(api.DELETE('/clips/{clip}', { params: { path: { clip } } })));

export const videoAddress = (clip: string) => `/api/v1/clips/${encodeURIComponent(clip)}/video`;
export const traceAddress = (clip: string) => `/api/v1/clips/${encodeURIComponent(clip)}/trace`;
