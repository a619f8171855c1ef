// One setting: what it is, where its value comes from, when a change counts, and the change itself. What somebody typed stays
// until it is saved or taken back, also when the host says no or a new value comes meanwhile.
import { useState } from 'react';
import { useChangeSetting, type Setting, type SettingValue } from '../../api/settings';
import { useWords } from '../../messages';
import { Button } from '../../ui/Button';
import { Select, Switch, TextArea, TextField } from '../../ui/Field';
import { Failure } from '../../ui/States';
import { Conflict, wasFaster } from '../../ui/Tagged';
import { useToast } from '../../ui/Toasts';
import { draftOf, valueOf, type Draft } from './draft';

export function SettingRow({ setting, tag }: { setting: Setting; tag: string }) {
  const { t } = useWords();
  const tell = useToast();
  const save = useChangeSetting();
  const [draft, setDraft] = useState<Draft>();
  const wanted = setting.saved ?? setting.value;
  const shown = draft ?? draftOf(setting.type, wanted);
  const value = valueOf(setting.type, shown);
  const edited = draft !== undefined && draft !== draftOf(setting.type, wanted);
  const name = setting.key.slice(setting.key.indexOf('.') + 1);

  const send = (what: SettingValue | null) =>
    save.mutate(
      { key: setting.key, value: what, tag },
      {
        onSuccess: () => {
          setDraft(undefined);
          tell(t(`settings.saved.${setting.takes_effect}`, { key: setting.key }));
        },
      },
    );
  const takeBack = () => {
    setDraft(undefined);
    save.reset();
  };
  const faster = wasFaster(save.error);
  // A switch or a choice is a whole thought; texts and numbers are typed in parts.
  const choose = (chosen: Draft) => {
    setDraft(chosen);
    const chosenValue = valueOf(setting.type, chosen);
    if (chosenValue !== undefined) send(chosenValue);
  };
  return (
    <article className="setting" aria-label={setting.key} data-setting={setting.key}>
      <div className="stack tight">
        <div className="row tight">
          <h3 className="mono wrap">{name}</h3>
          <Origin setting={setting} />
        </div>
        <p className="small soft wrap">
          <Sentence text={setting.sentence} />
        </p>
        {setting.origin === 'command_line' && <p className="small warn-text">{t('settings.fixed')}</p>}
      </div>
      <form
        className="stack tight"
        onSubmit={(event) => {
          event.preventDefault();
          if (value !== undefined) send(value);
        }}
      >
        <Control setting={setting} draft={shown} onType={setDraft} onChoose={choose} busy={save.isPending} />
        {save.error && !faster && <Failure error={save.error} />}
        {faster ? (
          <Conflict sentence={t('settings.conflict')} facts={[[setting.key, plain(wanted)]]} onKeepMine={() => value !== undefined && send(value)} onTakeTheirs={takeBack} />
        ) : (edited && !['flag', 'choice'].includes(setting.type)) || save.error ? (
          <div className="row tight">
            <Button small look="primary" type="submit" isDisabled={save.isPending || value === undefined}>
              {t('action.save')}
            </Button>
            <Button small onPress={takeBack}>
              {t('action.cancel')}
            </Button>
          </div>
        ) : (
          setting.saved !== null && (
            <div>
              <Button small look="quiet" onPress={() => send(null)} isDisabled={save.isPending} aria-label={`${t('settings.reset', { value: plain(setting.default) })} (${setting.key})`}>
                {t('settings.reset', { value: plain(setting.default) })}
              </Button>
            </div>
          )
        )}
      </form>
    </article>
  );
}

// What the table puts in backticks is typed as it stands there.
function Sentence({ text }: { text: string }) {
  return text.split('`').map((part, index) => (index % 2 === 1 ? <code key={index}>{part}</code> : part));
}

function plain(value: unknown): string {
  if (value === '' || (Array.isArray(value) && value.length === 0)) return '–';
  return Array.isArray(value) ? value.join(' ') : String(value);
}

function Origin({ setting }: { setting: Setting }) {
  const { t } = useWords();
  return (
    <>
      {setting.origin === 'file' && <span className="badge accent">{setting.line === null ? t('settings.file') : t('settings.line', { line: setting.line })}</span>}
      {setting.origin === 'command_line' && <span className="badge warn">{t('settings.commandLine')}</span>}
      {setting.origin === 'default' && <span className="badge">{t('settings.default')}</span>}
      {setting.waits_for_restart && <span className="badge warn">{t('settings.waits', { value: plain(setting.value) })}</span>}
    </>
  );
}

function Control({ setting, draft, onType, onChoose, busy }: {
  setting: Setting;
  draft: Draft;
  onType: (draft: Draft) => void;
  onChoose: (draft: Draft) => void;
  busy: boolean;
}) {
  const { t } = useWords();
  if (typeof draft === 'boolean')
    return (
      <Switch aria-label={setting.key} isSelected={draft} onChange={onChoose} isDisabled={busy}>
        {t(draft ? 'settings.on' : 'settings.off')}
      </Switch>
    );
  if (setting.type === 'choice')
    return (
      <Select label={setting.key} hideLabel value={draft} options={(setting.choices ?? []).map((id) => ({ id, label: id }))} onChange={onChoose} isDisabled={busy} />
    );
  if (setting.type === 'texts')
    return <TextArea label={setting.key} hideLabel value={draft} onChange={onType} hint={t('settings.texts')} />;
  return (
    <TextField label={setting.key} hideLabel value={draft} onChange={onType} inputMode={setting.type === 'whole_number' ? 'numeric' : 'text'} autoComplete="off" hint={setting.requirement} />
  );
}
