import type { ReactNode } from 'react';
import {
  Checkbox as AriaCheckbox,
  Input,
  Label,
  ListBox,
  ListBoxItem,
  Popover,
  Select as AriaSelect,
  SelectValue,
  Switch as AriaSwitch,
  Button,
  Text,
  TextArea as AriaTextArea,
  TextField as AriaTextField,
  ToggleButton,
  ToggleButtonGroup,
} from 'react-aria-components';
import { Icon } from './Icon';

const kMaxRows = 6; // of a field that grows with its text

interface TextProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  type?: 'text' | 'password' | 'search' | 'number';
  hint?: ReactNode;
  error?: string | undefined;
  autoFocus?: boolean;
  autoComplete?: string;
  inputMode?: 'numeric' | 'text';
  maxLength?: number;
  isRequired?: boolean;
  isDisabled?: boolean;
  hideLabel?: boolean;
  placeholder?: string;
}

export function TextField({ label, hint, error, hideLabel, placeholder, ...rest }: TextProps) {
  return (
    <AriaTextField {...rest} className="field" isInvalid={error !== undefined} validationBehavior="aria">
      <Label className={hideLabel ? 'visually-hidden' : 'label'}>{label}</Label>
      <Input {...(placeholder === undefined ? {} : { placeholder })} />
      {hint && (
        <Text slot="description" className="hint">
          {hint}
        </Text>
      )}
      {error !== undefined && (
        <Text slot="errorMessage" className="error">
          {error}
        </Text>
      )}
    </AriaTextField>
  );
}

// Several lines: a list of texts, one in each.
export function TextArea({ label, value, onChange, hint, hideLabel }: Pick<TextProps, 'label' | 'value' | 'onChange' | 'hint' | 'hideLabel'>) {
  return (
    <AriaTextField className="field" value={value} onChange={onChange}>
      <Label className={hideLabel ? 'visually-hidden' : 'label'}>{label}</Label>
      <AriaTextArea className="input" rows={Math.min(kMaxRows, value.split('\n').length + 1)} />
      {hint && (
        <Text slot="description" className="hint">
          {hint}
        </Text>
      )}
    </AriaTextField>
  );
}

export interface Option {
  id: string;
  label: string;
}

export function Select({ label, value, options, onChange, hideLabel, isDisabled }: {
  label: string;
  value: string;
  options: readonly Option[];
  onChange: (id: string) => void;
  hideLabel?: boolean;
  isDisabled?: boolean;
}) {
  return (
    <AriaSelect className="field" selectedKey={value} onSelectionChange={(key) => key !== null && onChange(String(key))} isDisabled={isDisabled ?? false}>
      <Label className={hideLabel ? 'visually-hidden' : 'label'}>{label}</Label>
      <Button className="select">
        <SelectValue />
        <Icon name="chevron" size={16} />
      </Button>
      <Popover className="popover">
        <ListBox className="listbox" items={options}>
          {(option) => <ListBoxItem textValue={option.label}>{option.label}</ListBoxItem>}
        </ListBox>
      </Popover>
    </AriaSelect>
  );
}

export function Checkbox({ children, ...rest }: { children: ReactNode; isSelected: boolean; isDisabled?: boolean; onChange: (on: boolean) => void }) {
  return (
    <AriaCheckbox {...rest} className="checkbox">
      <span className="box">
        <Icon name="check" size={15} />
      </span>
      <span>{children}</span>
    </AriaCheckbox>
  );
}

export function Switch({ children, ...rest }: { children: ReactNode; isSelected: boolean; isDisabled?: boolean; onChange: (on: boolean) => void; 'aria-label'?: string }) {
  return (
    <AriaSwitch {...rest} className="switch">
      <span className="track" />
      <span>{children}</span>
    </AriaSwitch>
  );
}

// One of a few, all in view.
export function Segments<T extends string>({ label, value, options, onChange }: {
  label: string;
  value: T;
  options: readonly { id: T; label: string }[];
  onChange: (id: T) => void;
}) {
  return (
    <ToggleButtonGroup aria-label={label} className="segments" selectionMode="single" disallowEmptySelection selectedKeys={[value]}
      onSelectionChange={(keys) => {
        const [key] = keys;
        if (key !== undefined) onChange(key as T);
      }}>
      {options.map((option) => (
        <ToggleButton key={option.id} id={option.id}>
          {option.label}
        </ToggleButton>
      ))}
    </ToggleButtonGroup>
  );
}
