import { useEffect, type ReactNode } from 'react';

// A page's heading with what can be done on all of it, and its name in the window's title.
export function Page({ title, lead, actions, children }: { title: string; lead?: ReactNode; actions?: ReactNode; children: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · punktfunk`;
  }, [title]);
  return (
    <>
      <div className="page-head">
        <div>
          <h1>{title}</h1>
          {lead && <p className="soft">{lead}</p>}
        </div>
        {actions && <div className="row tight">{actions}</div>}
      </div>
      <div className="stack wide">{children}</div>
    </>
  );
}
