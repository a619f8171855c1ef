// The doctor's ladder: what it found, and how far it is while it looks.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, ask, type Schemas } from './client';
import { keys } from './keys';

export type Doctor = Schemas['Doctor'];
export type Rung = Schemas['Rung'];

const kEveryMsWhileRunning = 400;

export function useDoctor() {
  return useQuery({
    queryKey: keys.doctor,
    queryFn: () => ask(api.GET('/doctor')),
    refetchInterval: (query) => (query.state.data?.running ? kEveryMsWhileRunning : false),
  });
}

export function useStartDoctor() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => ask(api.POST('/doctor')),
    onSuccess: (now) => queries.setQueryData(keys.doctor, now),
  });
}
