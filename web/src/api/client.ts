// The one way to the host: its management API, typed by its own document.
import createClient from 'openapi-fetch';
import type { components, paths } from './schema.gen';

export type Schemas = components['schemas'];

// Why a request came to nothing, with the host's sentence where it said one.
export class ApiError extends Error {
  constructor(
    readonly status: number, // 0: nobody answered
    readonly code: string, // as in the API: does not change
    sentence: string,
  ) {
    super(sentence);
  }
  get unreachable() {
    return this.status === 0;
  }
  get loggedOut() {
    return this.status === 401 && this.code === 'unauthorised';
  }
}

let csrfToken: string | null = null;
export function setCsrfToken(token: string | null) {
  csrfToken = token;
}

let onLoggedOut = () => {};
// Told when a request was refused because the login is over.
export function whenLoggedOut(tell: () => void) {
  onLoggedOut = tell;
}

export const api = createClient<paths>({ baseUrl: '/api/v1' });
api.use({
  onRequest({ request }) {
    if (csrfToken && request.method !== 'GET') request.headers.set('X-CSRF-Token', csrfToken);
    return request;
  },
});

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

function errorOf(answer: Answer<unknown>): ApiError {
  const { status, statusText } = answer.response;
  const problem = answer.error as Partial<Schemas['Problem']> | undefined;
  if (typeof problem?.detail === 'string') return new ApiError(status, problem.code ?? '', problem.detail);
  return new ApiError(status, 'unknown', statusText || String(status));
}

async function whole<T>(request: Promise<Answer<T>>): Promise<Answer<T>> {
  let answer;
  try {
    answer = await request;
  } catch {
    throw new ApiError(0, 'unreachable', '');
  }
  if (answer.response.ok) return answer;
  const error = errorOf(answer);
  if (error.loggedOut) onLoggedOut();
  throw error;
}

// What an operation answers, or an ApiError thrown.
export async function ask<T>(request: Promise<Answer<T>>): Promise<T> {
  return (await whole(request)).data as T;
}

// With the tag that a later change is to name (If-Match).
export async function askTagged<T>(request: Promise<Answer<T>>): Promise<{ value: T; tag: string }> {
  const { data, response } = await whole(request);
  return { value: data as T, tag: response.headers.get('ETag') ?? '*' };
}
