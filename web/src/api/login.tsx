// Whether this browser is logged in. A login that ends while somebody works is not a reason to take the page away from
// him: it stays where it is, and the password is asked for on top of it.
import { useQueryClient } from '@tanstack/react-query';
import { createContext, useCallback, useContext, useEffect, useMemo, useState, type ReactNode } from 'react';
import { api, ApiError, ask, setCsrfToken, whenLoggedOut, type Schemas } from './client';

export type LoginState = 'asking' | 'unreachable' | 'out' | 'in' | 'expired';

interface Login {
  state: LoginState;
  caller: Schemas['Caller'] | null;
  logIn: (password: string) => Promise<void>; // throws ApiError
  logOut: () => Promise<void>;
  retry: () => void;
}

const LoginContext = createContext<Login | null>(null);

const kRetryMs = 3000;

export function LoginProvider({ children }: { children: ReactNode }) {
  const queries = useQueryClient();
  const [state, setState] = useState<LoginState>('asking');
  const [caller, setCaller] = useState<Schemas['Caller'] | null>(null);

  const look = useCallback(async () => {
    try {
      const me = await ask(api.GET('/me'));
      setCsrfToken(me.csrf_token);
      setCaller(me);
      setState('in');
    } catch (error) {
      const unreachable = error instanceof ApiError && !error.loggedOut;
      setState((before) => (before === 'in' || before === 'expired' ? before : unreachable ? 'unreachable' : 'out'));
    }
  }, []);

  useEffect(() => {
    whenLoggedOut(() => setState((before) => (before === 'in' ? 'expired' : before)));
    void look();
  }, [look]);

  useEffect(() => {
    if (state !== 'unreachable') return;
    const timer = setInterval(() => void look(), kRetryMs);
    return () => clearInterval(timer);
  }, [state, look]);

  const login = useMemo<Login>(
    () => ({
      state,
      caller,
      logIn: async (password) => {
        const told = await ask(api.POST('/login', { body: { password } }));
        setCsrfToken(told.csrf_token);
        await look();
        setState('in');
        await queries.invalidateQueries();
      },
      logOut: async () => {
        await ask(api.POST('/logout'));
        setCsrfToken(null);
        setCaller(null);
        setState('out');
        queries.clear();
      },
      retry: () => void look(),
    }),
    [state, caller, look, queries],
  );
  return <LoginContext value={login}>{children}</LoginContext>;
}

export function useLogin(): Login {
  const login = useContext(LoginContext);
  if (!login) throw new Error('no LoginProvider above');
  return login;
}
