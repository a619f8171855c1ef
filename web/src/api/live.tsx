// What changes on the host, as it does: one stream of events for the whole console, which makes the queries that it
// concerns ask anew. While nobody looks at the page there is none, since the host should not work for a hidden tab and a
// browser has six connections for all of its tabs.
import { useQueryClient, type QueryClient } from '@tanstack/react-query';
import { createContext, useContext, useEffect, useState, type ReactNode } from 'react';
import { api, ask } from './client';
import { useLogin } from './login';
import { keys } from './keys';

export type LiveState = 'connecting' | 'live' | 'lost';

const LiveContext = createContext<{ state: LiveState; lostAt: Date | null }>({ state: 'connecting', lostAt: null });

// Which answers an event makes old, by the first word of its kind.
const kConcerned: Record<string, readonly (readonly string[])[]> = {
  session: [keys.sessions, keys.host, keys.displays],
  device: [keys.devices, keys.host],
  knock: [keys.pairing, keys.host],
  pin: [keys.pairing, keys.host],
  health: [keys.health],
  setting: [keys.settings],
  doctor: [keys.doctor],
  library: [keys.library],
  blackbox: [keys.blackbox],
  clip: [keys.clips],
};
const kChanges = ['added', 'changed', 'removed'] as const;
const kRetryMs = 2000;

function listen(source: EventSource, queries: QueryClient) {
  for (const [family, concerned] of Object.entries(kConcerned)) {
    const renew = () => concerned.forEach((queryKey) => void queries.invalidateQueries({ queryKey }));
    for (const change of kChanges) source.addEventListener(`${family}.${change}`, renew);
  }
  source.addEventListener('dropped', () => void queries.invalidateQueries());
}

export function LiveProvider({ children }: { children: ReactNode }) {
  const queries = useQueryClient();
  const login = useLogin();
  const [state, setState] = useState<LiveState>('connecting');
  const [lostAt, setLostAt] = useState<Date | null>(null);
  const wanted = login.state === 'in';

  useEffect(() => {
    if (!wanted) return;
    let source: EventSource | null = null;
    let timer: ReturnType<typeof setTimeout> | undefined;

    const open = () => {
      source = new EventSource(`/api/v1/events?kinds=${Object.keys(kConcerned).join(',')}`);
      listen(source, queries);
      source.onopen = () => {
        setState('live');
        setLostAt(null);
        // What happened before is in no event.
        void queries.invalidateQueries();
      };
      source.onerror = () => {
        close();
        setState('lost');
        setLostAt((before) => before ?? new Date());
        // The stream does not say why; this does, and tells the login when that is over.
        ask(api.GET('/me')).then(open, () => {
          timer = setTimeout(open, kRetryMs);
        });
      };
    };
    const close = () => {
      clearTimeout(timer);
      source?.close();
      source = null;
    };
    const onVisibility = () => {
      close();
      if (document.visibilityState === 'visible') open();
    };

    onVisibility();
    document.addEventListener('visibilitychange', onVisibility);
    return () => {
      document.removeEventListener('visibilitychange', onVisibility);
      close();
    };
  }, [wanted, queries]);

  return <LiveContext value={{ state, lostAt }}>{children}</LiveContext>;
}

export function useLive() {
  return useContext(LiveContext);
}
