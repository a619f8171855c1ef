// The form for an application of one's own, new or known.
import { useState } from 'react';
import { fetchApplication, useSaveApplication, type Application } from '../../api/library';
import { useWords } from '../../messages';
import { Button } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import { Switch, TextArea, TextField } from '../../ui/Field';
import { Failure } from '../../ui/States';
import { Conflict, LoadTagged, wasFaster, type Tagged } from '../../ui/Tagged';
import { useToast } from '../../ui/Toasts';
import { changeOf, draftOf, kEmptyDraft, type Draft } from './draft';

const kMaxNameLength = 64;
const kMaxSteps = 16;

// `application`: its number; null: a new one.
export function EditApplication({ application, title, onClose }: { application: number | null; title: string; onClose: () => void }) {
  const { t } = useWords();
  return (
    <Dialog title={application === null ? t('library.add') : t('library.editTitle', { name: title })} onClose={onClose}>
      {application === null ? (
        <Form base={null} onTakeTheirs={() => {}} onClose={onClose} />
      ) : (
        <LoadTagged fetch={() => fetchApplication(application)}>
          {(base, takeTheirs) => <Form base={base} onTakeTheirs={takeTheirs} onClose={onClose} />}
        </LoadTagged>
      )}
    </Dialog>
  );
}

function Form({ base, onTakeTheirs, onClose }: { base: Tagged<Application> | null; onTakeTheirs: (theirs: Tagged<Application>) => void; onClose: () => void }) {
  const { t } = useWords();
  const tell = useToast();
  const save = useSaveApplication();
  const before = base ? draftOf(base.value) : kEmptyDraft;
  const [draft, setDraft] = useState<Draft>(before);
  const [theirs, setTheirs] = useState<Tagged<Application>>();
  const type = (part: Partial<Draft>) => setDraft({ ...draft, ...part });
  const complete = draft.name.trim() !== '' && draft.command.trim() !== '';

  const submit = (tag: string) => {
    const change = changeOf(before, draft);
    if (Object.keys(change).length === 0) return onClose();
    save.mutate(
      { application: base && base.value.id, tag, change },
      {
        onSuccess: (application) => {
          tell(t('library.saved', { name: application.name }));
          onClose();
        },
        onError: (error) => {
          if (base && wasFaster(error)) fetchApplication(base.value.id).then(setTheirs, () => {});
        },
      },
    );
  };
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        submit(base?.tag ?? '*');
      }}
    >
      <TextField label={t('library.name')} value={draft.name} onChange={(name) => type({ name })} maxLength={kMaxNameLength} autoFocus autoComplete="off" />
      <TextArea label={t('library.command')} value={draft.command} onChange={(command) => type({ command })} hint={t('library.commandHint')} />
      <div className="fields">
        <TextField label={t('library.folder')} value={draft.folder} onChange={(folder) => type({ folder })} autoComplete="off" />
        <TextField label={t('library.image')} value={draft.image} onChange={(image) => type({ image })} autoComplete="off" />
        <TextField label={t('library.mode')} value={draft.mode} onChange={(mode) => type({ mode })} placeholder="1920x1080@60" autoComplete="off" />
      </div>
      <Switch isSelected={draft.ends} onChange={(ends) => type({ ends })}>
        {t('library.endsSession')}
      </Switch>
      <Steps steps={draft.prep} onChange={(prep) => type({ prep })} />
      {theirs ? (
        <Conflict sentence={t('library.conflict')} facts={factsOf(theirs.value, t)} onKeepMine={() => submit(theirs.tag)} onTakeTheirs={() => onTakeTheirs(theirs)} />
      ) : (
        <>
          {save.error && <Failure error={save.error} />}
          <div className="actions">
            <Button onPress={onClose}>{t('action.cancel')}</Button>
            <Button look="primary" type="submit" isDisabled={save.isPending || !complete}>
              {t('action.save')}
            </Button>
          </div>
        </>
      )}
    </form>
  );
}

function factsOf(application: Application, t: ReturnType<typeof useWords>['t']) {
  return [
    [t('library.name'), application.name],
    [t('library.command'), application.command.join(' ')],
    [t('library.mode'), application.mode ?? t('library.anyMode')],
  ] as const;
}

function Steps({ steps, onChange }: { steps: Draft['prep']; onChange: (steps: Draft['prep']) => void }) {
  const { t } = useWords();
  const change = (index: number, part: Partial<Draft['prep'][number]>) => onChange(steps.map((step, at) => (at === index ? { ...step, ...part } : step)));
  return (
    <fieldset className="stack steps">
      <legend className="label">{t('library.prep')}</legend>
      <p className="hint">{t('library.prepHint')}</p>
      {steps.map((step, index) => (
        <div key={index} className="row tight step">
          <div className="fields grow">
            <TextArea label={t('library.run', { number: index + 1 })} value={step.run} onChange={(run) => change(index, { run })} />
            <TextArea label={t('library.undo', { number: index + 1 })} value={step.undo} onChange={(undo) => change(index, { undo })} />
          </div>
          <Button small look="danger" icon="remove" onPress={() => onChange(steps.filter((_, at) => at !== index))} aria-label={t('library.removeStep', { number: index + 1 })} />
        </div>
      ))}
      {steps.length < kMaxSteps && (
        <div>
          <Button small icon="add" onPress={() => onChange([...steps, { run: '', undo: '' }])}>
            {t('library.addStep')}
          </Button>
        </div>
      )}
    </fieldset>
  );
}
