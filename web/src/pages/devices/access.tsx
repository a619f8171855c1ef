// What a device may do and until when: the part that a new device and a paired one have in common.
import { useWords } from '../../messages';
import { Checkbox, Select } from '../../ui/Field';

export const kGrants = ['gamepad', 'pointer', 'keyboard', 'clipboard', 'microphone', 'launch'] as const;
export type Grant = (typeof kGrants)[number];

// Seconds from now; 0: never.
export const kExpiries = { never: 0, hour: 3600, day: 86_400, week: 604_800, month: 2_592_000 } as const;
export type Expiry = keyof typeof kExpiries;

export function GrantChoice({ grants, onChange }: { grants: readonly Grant[]; onChange: (grants: Grant[]) => void }) {
  const { t } = useWords();
  return (
    <fieldset className="choices">
      <legend className="label">{t('pair.may')}</legend>
      {kGrants.map((grant) => (
        <Checkbox key={grant} isSelected={grants.includes(grant)}
          onChange={(on) => onChange(kGrants.filter((other) => (other === grant ? on : grants.includes(other))))}>
          {t(`grant.${grant}`)}
        </Checkbox>
      ))}
    </fieldset>
  );
}

export function ExpiryChoice<T extends Expiry | 'keep'>({ value, choices, onChange }: { value: T; choices: readonly T[]; onChange: (value: T) => void }) {
  const { t } = useWords();
  const options = choices.map((id) => ({ id, label: t(`expiry.${id}`) }));
  return <Select label={t('expiry.label')} value={value} options={options} onChange={(id) => onChange(id as T)} />;
}
