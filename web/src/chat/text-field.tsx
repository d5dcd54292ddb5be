import type { ComponentChildren } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import { settings } from '../state/settings';

interface TextFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
  /** Enter without Shift, and not to choose a word of an input method. */
  readonly onEnter: () => void;
  /** Stands beside the text; `sendable`: there is some, and not too much. */
  readonly children: (sendable: boolean) => ComponentChildren;
  readonly placeholder?: string;
  /** Takes the focus when it appears. */
  readonly focus?: boolean;
}

/** So near the limit what is left is counted. */
const COUNTED_FROM = 0.8;

/** A text of several lines that grows with what is in it. */
export function TextField({ label, value, onInput, onEnter, children, placeholder, focus }: TextFieldProps) {
  const area = useRef<HTMLTextAreaElement>(null);
  const counter = useId();
  const choosing = useRef(false); // Safari has ended a composition when the key that ends it comes down
  useLayoutEffect(() => {
    // Preact would listen for an event `CompositionEnd`.
    area.current!.addEventListener('compositionend', () => (choosing.current = true));
  }, []);
  useLayoutEffect(() => fit(area.current!), [value]);
  useLayoutEffect(() => {
    if (focus) area.current!.focus();
  }, [focus]);
  const length = value.trim().length;
  const left = settings.messageMaxChars - length;
  const sendable = length > 0 && left >= 0;
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing || choosing.current) return;
    event.preventDefault();
    if (sendable) onEnter();
  };
  return (
    <div class="text-field">
      <textarea
        ref={area}
        rows={1}
        value={value}
        aria-label={label}
        aria-invalid={left < 0}
        aria-describedby={counter}
        placeholder={placeholder}
        onInput={(event) => onInput(event.currentTarget.value)}
        onKeyDown={onKeyDown}
        onKeyUp={() => (choosing.current = false)}
      />
      <div class="text-field-foot">
        <output id={counter} class={left < 0 ? 'counter over' : 'counter'}>
          {length >= settings.messageMaxChars * COUNTED_FROM && remaining(left)}
        </output>
        {children(sendable)}
      </div>
    </div>
  );
}

const remaining = (left: number): string =>
  left < 0 ? `${(-left).toLocaleString()} characters too many` : `${left.toLocaleString()} characters left`;

function fit(area: HTMLTextAreaElement): void {
  area.style.height = 'auto';
  area.style.height = `${area.scrollHeight}px`;
}
