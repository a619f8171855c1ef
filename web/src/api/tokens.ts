// What programs show the API instead of a password.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, ask, type Schemas } from './client';
import { keys } from './keys';

export type Token = Schemas['Token'];
export const kScopes: readonly Token['scope'][] = ['read', 'control', 'admin'];

export function useTokens() {
  return useQuery({ queryKey: keys.tokens, queryFn: async () => (await ask(api.GET('/tokens'))).tokens });
}

function useTokenChange<Given, Result>(change: (given: Given) => Promise<Result>) {
  const queries = useQueryClient();
  return useMutation({ mutationFn: change, onSettled: () => queries.invalidateQueries({ queryKey: keys.tokens }) });
}

export const useCreateToken = () => useTokenChange((wanted: { name: string; scope: Token['scope']; expires_in_s: number }) => ask(api.POST('/tokens', { body: wanted })));
export const useRevokeToken = () => useTokenChange((token: string) => ask(api.DELETE('/tokens/{token}', { params: { path: { token } } })));
