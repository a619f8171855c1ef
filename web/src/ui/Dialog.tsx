import type { ReactNode } from 'react';
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { useWords } from '../messages';
import { Button } from './Button';

// On top of everything until it is closed. `onClose` absent: it cannot be put away.
export function Dialog({ title, onClose, alert = false, children }: { title: string; onClose?: (() => void) | undefined; alert?: boolean; children: ReactNode }) {
  return (
    <ModalOverlay className="overlay" isOpen isDismissable={onClose !== undefined && !alert} isKeyboardDismissDisabled={onClose === undefined}
      onOpenChange={(open) => !open && onClose?.()}>
      <Modal className="modal">
        <AriaDialog role={alert ? 'alertdialog' : 'dialog'}>
          <Heading slot="title" level={2}>
            {title}
          </Heading>
          {children}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}

// For what cannot be taken back.
export function Confirm({ title, children, action, busy, error, onConfirm, onClose }: {
  title: string;
  children: ReactNode;
  action: string;
  busy: boolean;
  error?: ReactNode;
  onConfirm: () => void;
  onClose: () => void;
}) {
  const { t } = useWords();
  return (
    <Dialog title={title} onClose={onClose} alert>
      <div className="stack tight">{children}</div>
      {error}
      <div className="actions">
        <Button onPress={onClose} autoFocus>
          {t('action.cancel')}
        </Button>
        <Button look="danger" onPress={onConfirm} isDisabled={busy}>
          {action}
        </Button>
      </div>
    </Dialog>
  );
}
