import type names from '../icons.json';

export type IconName = (typeof names)[number];

/** A sign beside words, or in a button that has a label: nothing to say by itself. */
export const Icon = ({ name }: { readonly name: IconName }) => (
  <svg class="icon" aria-hidden="true">
    <use href={`#icon-${name}`} />
  </svg>
);

interface IconButtonProps {
  readonly icon: IconName;
  readonly label: string;
  readonly onClick: (event: MouseEvent) => void;
  readonly disabled?: boolean;
  readonly class?: string;
}

export const IconButton = ({ icon, label, onClick, disabled, class: extra = '' }: IconButtonProps) => (
  <button
    type="button"
    class={`icon-button ${extra}`}
    aria-label={label}
    title={label}
    disabled={disabled}
    onClick={onClick}
  >
    <Icon name={icon} />
  </button>
);
