import { useQuery } from '@tanstack/react-query';
import { api, ask, type Schemas } from './client';
import { keys } from './keys';

export type DisplayBackend = Schemas['DisplayBackend'];
export type Encoder = Schemas['Encoder'];

export function useDisplays() {
  return useQuery({ queryKey: keys.displays, queryFn: () => ask(api.GET('/displays')) });
}
export function useEncoders() {
  return useQuery({ queryKey: keys.encoders, queryFn: async () => (await ask(api.GET('/encoders'))).encoders });
}
