// One hook for each thing of the host: what it is now, and what can be done with it. Events (live.tsx) say when to ask anew.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, ask, askTagged, type Schemas } from './client';
import { keys } from './keys';

export type Device = Schemas['Device'];
export type Knock = Schemas['Knock'];
export type Session = Schemas['Session'];

export function useHost() {
  return useQuery({ queryKey: keys.host, queryFn: () => ask(api.GET('/host')) });
}

export function useHealth() {
  return useQuery({ queryKey: keys.health, queryFn: async () => (await ask(api.GET('/health'))).health });
}

// A change, after which some answers are old, whether it went well or not.
function useChange<Arguments, Result>(change: (given: Arguments) => Promise<Result>, ...old: (readonly string[])[]) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSettled: () => Promise.all(old.map((queryKey) => queries.invalidateQueries({ queryKey }))),
  });
}

// How long ago a session began is no event: so often it is asked for besides.
const kSessionsEveryMs = 5_000;

export function useSessions() {
  return useQuery({
    queryKey: keys.sessions,
    queryFn: async () => (await ask(api.GET('/sessions'))).sessions,
    refetchInterval: kSessionsEveryMs,
  });
}

export function useStopSession() {
  return useChange((session: number) => ask(api.DELETE('/sessions/{session}', { params: { path: { session } } })), keys.sessions);
}

// On its way when the host answers; an event tells what came of it.
export function useSteer() {
  return useChange(
    ({ session, ...wishes }: { session: number; mode?: string; bitrate_kbps?: number }) =>
      ask(api.PATCH('/sessions/{session}', { params: { path: { session } }, body: wishes })),
    keys.sessions,
  );
}

export function useForceKeyframe() {
  return useChange((session: number) => ask(api.POST('/sessions/{session}/keyframe', { params: { path: { session } } })));
}

export function useDevices() {
  return useQuery({ queryKey: keys.devices, queryFn: async () => (await ask(api.GET('/devices'))).devices });
}

// One device for an editor, with the tag that its change is meant for. Not kept: an editor begins with what is there now.
export function fetchDevice(device: string) {
  return askTagged(api.GET('/devices/{device}', { params: { path: { device } } }));
}

export interface DeviceChange {
  name?: string;
  grants?: string[];
  expires_in_s?: number;
  play_on?: string;
}

export function useChangeDevice() {
  return useChange(
    ({ device, tag, change }: { device: string; tag: string; change: DeviceChange }) =>
      ask(api.PATCH('/devices/{device}', { params: { path: { device }, header: { 'If-Match': tag } }, body: change })),
    keys.devices,
  );
}

export function useUnpair() {
  return useChange((device: string) => ask(api.DELETE('/devices/{device}', { params: { path: { device } } })), keys.devices, keys.sessions, keys.host);
}

export function usePairing() {
  return useQuery({ queryKey: keys.pairing, queryFn: () => ask(api.GET('/pairing')), refetchInterval: 2_000 });
}

// The PIN that this page was told. The host tells it once, so it is kept while one looks at another page.
export interface ArmedPin {
  arming: number;
  pin: string;
  lifetimeS: number | null;
  until: number | null; // as Date.now(); null: until it is used
}

export function useArmedPin(): ArmedPin | null {
  const { data } = useQuery<ArmedPin | null>({ queryKey: keys.armedPin, queryFn: () => null, enabled: false, gcTime: Infinity, staleTime: Infinity });
  return data ?? null;
}

export function useArmPairing() {
  const queries = useQueryClient();
  return useChange(async (wanted: { lifetime_s?: number; grants?: string[]; expires_in_s?: number }) => {
    const told = await ask(api.POST('/pairing', { body: wanted }));
    const until = told.left_s === null ? null : Date.now() + told.left_s * 1000;
    const { pin: _, ...armed } = told;
    queries.setQueryData<Schemas['Pairing']>(keys.pairing, (before) => before && { ...before, armed });
    queries.setQueryData<ArmedPin>(keys.armedPin, { arming: told.arming, pin: told.pin, lifetimeS: told.left_s, until });
  }, keys.pairing);
}

export function useDisarmPairing() {
  return useChange(() => ask(api.DELETE('/pairing')), keys.pairing);
}

export function useEnterPin() {
  return useChange((entered: { pin: string; device?: string; name?: string }) => ask(api.POST('/pairing/pin', { body: entered })), keys.pairing);
}

export function useAnswerKnock() {
  return useChange(
    ({ device, answer }: { device: string; answer: 'approve' | 'deny' }): Promise<unknown> =>
      answer === 'approve'
        ? ask(api.POST('/knocks/{device}/approve', { params: { path: { device } } }))
        : ask(api.POST('/knocks/{device}/deny', { params: { path: { device } } })),
    keys.pairing,
    keys.devices,
    keys.host,
  );
}
