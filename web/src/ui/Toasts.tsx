// A sentence about what was just done, for a few seconds.
import { createContext, useCallback, useContext, useRef, useState, type ReactNode } from 'react';
import { Icon } from './Icon';

const ToastContext = createContext<(sentence: string) => void>(() => {});
const kShownMs = 6000;
const kMaxShown = 3;

export function ToastProvider({ children }: { children: ReactNode }) {
  const [toasts, setToasts] = useState<{ id: number; sentence: string }[]>([]);
  const next = useRef(0);
  const tell = useCallback((sentence: string) => {
    const id = next.current++;
    setToasts((before) => [...before, { id, sentence }].slice(-kMaxShown));
    setTimeout(() => setToasts((before) => before.filter((toast) => toast.id !== id)), kShownMs);
  }, []);
  return (
    <ToastContext value={tell}>
      {children}
      <div className="toasts" role="status" aria-live="polite">
        {toasts.map((toast) => (
          <div key={toast.id} className="toast">
            <Icon name="check" />
            <span className="wrap">{toast.sentence}</span>
          </div>
        ))}
      </div>
    </ToastContext>
  );
}

export const useToast = () => useContext(ToastContext);
