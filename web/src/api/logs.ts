// The host's log, followed line by line.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, ask, type Schemas } from './client';
import { keys } from './keys';

export type LogLine = Schemas['LogLine'];
export type LogLevel = LogLine['level'];
export const kLogLevels: readonly LogLevel[] = ['debug', 'info', 'warning', 'error'];

interface Log {
  lines: LogLine[];
  next: number;
  dropped: boolean;
  level: LogLevel;
}

const kEveryMs = 1_500;
// What a browser shows without effort; all of it is in the download.
export const kMaxLines = 2_000;

export function followed(before: Log | undefined, page: Schemas['LogPage']): Log {
  const lines = [...(before?.lines ?? []), ...page.lines].slice(-kMaxLines);
  return { lines, next: page.next, dropped: (before?.dropped ?? false) || (before !== undefined && page.dropped), level: page.level };
}

export function useLog(following: boolean) {
  const queries = useQueryClient();
  return useQuery({
    queryKey: keys.log,
    queryFn: async () => {
      const before = queries.getQueryData<Log>(keys.log);
      const query = before ? { after: before.next, limit: 1000 } : { limit: 1000 };
      return followed(before, await ask(api.GET('/logs', { params: { query } })));
    },
    refetchInterval: following ? kEveryMs : false,
    refetchOnWindowFocus: following,
  });
}

export function useLogLevel() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (level: LogLevel) => ask(api.PATCH('/logs', { body: { level } })),
    onSuccess: ({ level }) => queries.setQueryData<Log>(keys.log, (before) => before && { ...before, level }),
  });
}
