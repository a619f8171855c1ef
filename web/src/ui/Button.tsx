import { Button as AriaButton, type ButtonProps as AriaProps } from 'react-aria-components';
import { Icon, type IconName } from './Icon';

interface Props extends Omit<AriaProps, 'className' | 'children'> {
  look?: 'plain' | 'primary' | 'danger' | 'quiet';
  small?: boolean;
  icon?: IconName;
  children?: React.ReactNode; // none: an icon alone, which needs an aria-label
}

export function Button({ look = 'plain', small = false, icon, children, ...rest }: Props) {
  return (
    <AriaButton {...rest} className={`button ${look} ${small ? 'small' : ''} ${children ? '' : 'icon'}`}>
      {icon && <Icon name={icon} size={18} />}
      {children}
    </AriaButton>
  );
}
