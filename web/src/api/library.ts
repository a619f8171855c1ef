// What clients may start: games that launchers have installed, and applications that were made here.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, ask, askTagged, type Schemas } from './client';
import { keys } from './keys';

export type Library = Schemas['Library'];
export type LibraryEntry = Library['entries'][number];
export type LibrarySource = Library['sources'][number];
export type Application = Schemas['EditedApplication'];

const kEveryMsWhileScanning = 700;

export function useLibrary() {
  return useQuery({
    queryKey: keys.library,
    queryFn: () => ask(api.GET('/library')),
    refetchInterval: (query) => (query.state.data?.scanning ? kEveryMsWhileScanning : false),
  });
}

export function useScanLibrary() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => ask(api.POST('/library/scan')),
    onSuccess: (now) => queries.setQueryData(keys.library, now),
  });
}

// Changes with the picture, so that a new one is not taken for the old.
export function artAddress(entry: LibraryEntry, kind: 'poster' | 'hero' | 'icon'): string | null {
  const art = entry.art[kind];
  return art && `/api/v1/library/${encodeURIComponent(entry.id)}/art/${kind}?tag=${art.tag}`;
}

export function fetchApplication(application: number) {
  return askTagged(api.GET('/applications/{application}', { params: { path: { application } } }));
}

export interface ApplicationChange {
  name?: string;
  command?: string[];
  working_folder?: string | null;
  image?: string | null;
  mode?: string | null;
  ends_session?: boolean;
  prep?: { run: string[]; undo: string[] }[];
}

function useApplicationChange<Given, Result>(change: (given: Given) => Promise<Result>) {
  const queries = useQueryClient();
  return useMutation({ mutationFn: change, onSettled: () => queries.invalidateQueries({ queryKey: keys.library }) });
}

// `application`: its number; null: a new one.
export const useSaveApplication = () =>
  useApplicationChange(({ application, tag, change }: { application: number | null; tag: string; change: ApplicationChange }) =>
    application === null
      ? ask(api.POST('/applications', { body: change as ApplicationChange & { name: string; command: string[] } }))
      : ask(api.PATCH('/applications/{application}', { params: { path: { application }, header: { 'If-Match': tag } }, body: change })),
  );
export const useRemoveApplication = () => useApplicationChange((application: number) => ask(api.DELETE('/applications/{application}', { params: { path: { application } } })));
