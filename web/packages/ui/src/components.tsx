// The components of the screens. Behaviour and accessibility are react-aria's, looks are ours, words
// come from whoever uses them.
import type { ReactNode, RefObject } from "react";
import {
  Button as AriaButton, type ButtonProps as AriaButtonProps, ComboBox, Dialog as AriaDialog, FieldError, Heading, Input,
  Label, ListBox, ListBoxItem, Modal, ModalOverlay, Popover, SearchField as AriaSearchField,
  Select as AriaSelect, SelectValue, TextArea, TextField as AriaTextField, ToggleButton, Tooltip as AriaTooltip,
  TooltipTrigger,
} from "react-aria-components";
import { Icon, type IconName } from "./icons";

export type Tone = "new" | "waiting" | "planned" | "moving" | "working" | "paused" | "ended" | "danger" | "warn" | "ok";
const classes = (...names: (string | false | undefined)[]) => names.filter(Boolean).join(" ");

export interface ButtonProps extends Omit<AriaButtonProps, "className" | "style" | "children"> {
  look?: "plain" | "primary" | "danger" | "quiet";
  isSmall?: boolean;
  icon?: IconName;
  children?: ReactNode;
  /** Of an icon alone: what it does, and its key. */
  label?: string;
}
export function Button({ look = "plain", isSmall, icon, children, label, ...rest }: ButtonProps) {
  const button = (
    <AriaButton {...rest} {...(label ? { "aria-label": label } : {})}
      className={classes("button", look !== "plain" && look, isSmall && "small", !children && "icon")}>
      {icon && <Icon name={icon} />}{children}
    </AriaButton>
  );
  if (!label) return button;
  return (
    <TooltipTrigger delay={500}>
      {button}
      <AriaTooltip className="tooltip" offset={6}>{label}</AriaTooltip>
    </TooltipTrigger>
  );
}

export interface TextFieldProps {
  label: string; value: string; onChange: (value: string) => void;
  type?: "text" | "password"; error?: string | undefined; isRequired?: boolean; autoFocus?: boolean;
  autoComplete?: string; inputMode?: "text" | "numeric"; lines?: number; maxLength?: number; placeholder?: string;
  /** Whoever else listens hears of the key, too. */
  onKeyDown?: (event: { key: string; metaKey: boolean; ctrlKey: boolean }) => void;
}
export function TextField({ label, error, lines, placeholder, onKeyDown, ...rest }: TextFieldProps) {
  return (
    <AriaTextField className="field" {...rest} isInvalid={Boolean(error)} {...(onKeyDown ? { onKeyDown: (event) => { onKeyDown(event); event.continuePropagation(); } } : {})}>
      <Label>{label}</Label>
      {lines ? <TextArea className="input" rows={lines} {...(placeholder ? { placeholder } : {})} />
        : <Input className="input" {...(placeholder ? { placeholder } : {})} />}
      <FieldError className="field-error">{error}</FieldError>
    </AriaTextField>
  );
}

export function SearchField({ label, clearLabel, value, onChange, onSubmit, hint, inputRef }: {
  label: string; clearLabel: string; value: string; onChange: (value: string) => void; onSubmit?: () => void; hint?: string;
  inputRef?: RefObject<HTMLInputElement | null>;
}) {
  return (
    <AriaSearchField className="search" aria-label={label} value={value} onChange={onChange} {...(onSubmit ? { onSubmit } : {})}>
      <Icon name="search" />
      <Input className="input" placeholder={label} {...(inputRef ? { ref: inputRef } : {})} />
      <span className="trail">
        {hint && <kbd aria-hidden="true">{hint}</kbd>}
        <AriaButton className="button quiet small icon clear" aria-label={clearLabel}><Icon name="close" size={14} /></AriaButton>
      </span>
    </AriaSearchField>
  );
}

export interface Choice { id: string; text: string; detail?: string }
export function Select({ label, isLabelHidden, value, onChange, choices }: {
  label: string; isLabelHidden?: boolean; value: string; onChange: (id: string) => void; choices: readonly Choice[];
}) {
  return (
    <AriaSelect className="field" {...(isLabelHidden ? { "aria-label": label } : {})} selectedKey={value}
      onSelectionChange={(key) => key !== null && onChange(String(key))}>
      {!isLabelHidden && <Label className="label">{label}</Label>}
      <AriaButton className="button select-button"><SelectValue>{({ selectedText }) => <span className="cut">{selectedText}</span>}</SelectValue><Icon name="down" size={14} /></AriaButton>
      <Popover className="popover">
        <ListBox items={choices}>
          {({ id, text, detail }: Choice) => (
            <ListBoxItem id={id} textValue={text} className="option">
              <span>{text}</span>{detail && <span className="muted small num">{detail}</span>}
              <span className="check"><Icon name="check" /></span>
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </AriaSelect>
  );
}

/** Finds while one types; who looks is the caller. */
export function FindField({ label, emptyText, text, onText, found, onPick, autoFocus }: {
  label: string; emptyText: string; text: string; onText: (text: string) => void; found: readonly Choice[];
  onPick: (id: string) => void; autoFocus?: boolean;
}) {
  return (
    <ComboBox className="field" menuTrigger="input" allowsCustomValue allowsEmptyCollection items={found} inputValue={text} onInputChange={onText}
      onSelectionChange={(key) => key !== null && onPick(String(key))} {...(autoFocus ? { autoFocus } : {})}>
      <Label>{label}</Label>
      <Input className="input" />
      <Popover className="popover">
        <ListBox renderEmptyState={() => <p className="option muted">{emptyText}</p>}>
          {({ id, text: name, detail }: Choice) => (
            <ListBoxItem id={id} textValue={name} className="option two-lines"><b>{name}</b>{detail && <span className="muted small">{detail}</span>}</ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </ComboBox>
  );
}

export function Chip({ children, count, isSelected, onChange }: {
  children: ReactNode; count?: number; isSelected: boolean; onChange: (isSelected: boolean) => void;
}) {
  return (
    <ToggleButton className="chip" isSelected={isSelected} onChange={onChange}>
      {children}{count !== undefined && <span className="count">{count}</span>}
    </ToggleButton>
  );
}

export function Mark({ tone, children, isPlain }: { tone: Tone; children: ReactNode; isPlain?: boolean }) {
  return <span className={classes("mark", `tone-${tone}`, isPlain && "plain")}>{children}</span>;
}
export function PriorityMark({ priority, label }: { priority: number; label: string }) {
  return <span className={`priority p${priority}`} role="img" aria-label={label}>{priority}</span>;
}

export function Notice({ tone, icon = "warn", children }: { tone: Tone; icon?: IconName; children: ReactNode }) {
  return <div className={`notice tone-${tone}`} role="status"><Icon name={icon} /><div>{children}</div></div>;
}
export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return <div className="empty"><h3>{title}</h3>{children}</div>;
}
export function Spinner({ label }: { label: string }) {
  return <div className="spinner" role="progressbar" aria-label={label} />;
}
export function Bar({ part, tone, label }: { part: number; tone: Tone; label: string }) {
  const percent = Math.round(Math.min(1, Math.max(0, part)) * 100);
  return (
    <div className={`bar tone-${tone}`} role="meter" aria-label={label} aria-valuemin={0} aria-valuemax={100}
         aria-valuenow={percent}><i style={{ width: `${percent}%` }} /></div>
  );
}

/** Open while it is in the page: render it or don't. */
export function Dialog({ title, onClose, children, isWide }: {
  title: string; onClose: () => void; children: ReactNode; isWide?: boolean;
}) {
  return (
    <ModalOverlay className="scrim" isOpen isDismissable onOpenChange={(isOpen) => !isOpen && onClose()}>
      <Modal className={classes("modal", isWide && "wide")}>
        <AriaDialog className="dialog">
          <Heading slot="title">{title}</Heading>
          {children}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}
export const DialogActions = ({ children }: { children: ReactNode }) => <div className="actions">{children}</div>;
