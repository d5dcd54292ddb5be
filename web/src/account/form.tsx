import type { ComponentChildren, InputHTMLAttributes } from 'preact';
import { useId } from 'preact/hooks';
import { inPlainWords } from '../state/plain-words';
import type { Action } from './use-action';

interface FormProps {
  readonly label: string;
  readonly action: Action;
  readonly submit: string;
  readonly children: ComponentChildren;
  readonly danger?: boolean;
}

/** A form that says why it was not taken. */
export const Form = ({ label, action: { busy, fault, run }, submit, children, danger }: FormProps) => (
  <form
    class="form"
    aria-label={label}
    onSubmit={(event) => {
      event.preventDefault();
      run();
    }}
  >
    {children}
    {fault !== null && (
      <p class="fault" role="alert">
        {inPlainWords(fault)}
      </p>
    )}
    <button type="submit" class={`button ${danger ? 'danger' : 'primary'}`} disabled={busy}>
      {submit}
    </button>
  </form>
);

interface FieldProps extends Omit<InputHTMLAttributes, 'label' | 'value' | 'onInput'> {
  readonly label: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly hint?: string;
}

export function Field({ label, value, onInput, hint, ...more }: FieldProps) {
  const id = useId();
  return (
    <div class="form-field">
      <label for={id}>{label}</label>
      <input
        {...more}
        class="field"
        id={id}
        value={value}
        aria-describedby={hint ? `${id}-hint` : undefined}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
      {hint && (
        <small id={`${id}-hint`} class="hint">
          {hint}
        </small>
      )}
    </div>
  );
}
