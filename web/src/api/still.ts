// What a session shows: asked for as long as somebody looks, since the host makes a picture only then.
import { useEffect, useState } from 'react';
import { api, ApiError, ask } from './client';

// As often as the host makes one.
const kEveryMs = 2_000;
// While the first is being made.
const kFirstEveryMs = 600;

export interface Still {
  url: string | null; // of the picture; null: there is none
  why: string; // there is none, in the host's words; empty: it has not said anything yet
}

const kNothingYet: Still = { url: null, why: '' };

export function useStill(session: number): Still {
  const [still, setStill] = useState(kNothingYet);
  useEffect(() => {
    let over = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let url: string | null = null;
    let tag: string | null = null;

    const show = (next: Still) => {
      if (url && url !== next.url) URL.revokeObjectURL(url);
      url = next.url;
      setStill(next);
    };
    const look = async () => {
      const known = tag === null ? {} : { header: { 'If-None-Match': tag } };
      try {
        const { response, ...answer } = await api.GET('/sessions/{session}/still', { params: { path: { session }, ...known }, parseAs: 'blob' });
        if (over) return;
        if (response.status !== 304) {
          const picture = await ask(Promise.resolve({ response, ...answer }));
          if (over) return;
          tag = response.headers.get('ETag');
          // The document calls it text, which has no other word for bytes.
          show({ url: URL.createObjectURL(picture as unknown as Blob), why: '' });
        }
      } catch (error) {
        if (over) return;
        tag = null;
        // A picture that cannot be renewed would be taken for what is there now.
        show({ url: null, why: error instanceof ApiError ? error.message : '' });
      }
      timer = setTimeout(() => void lookIfSeen(), url === null ? kFirstEveryMs : kEveryMs);
    };
    const lookIfSeen = async () => {
      clearTimeout(timer);
      if (document.visibilityState === 'visible') await look();
    };
    const onVisibility = () => void lookIfSeen();

    void lookIfSeen();
    document.addEventListener('visibilitychange', onVisibility);
    return () => {
      over = true;
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', onVisibility);
      if (url) URL.revokeObjectURL(url);
    };
  }, [session]);
  return still;
}
