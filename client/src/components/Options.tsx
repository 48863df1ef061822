/** Fields for the options of an analysis or an annotator, each with its default and its meaning. */
import type { ParameterInfo } from '../api/types';
import type { Value } from '../lib/methods';
import { NumberField } from './NumberField';

export interface OptionsProps {
  /** Begins the ids of the fields. */
  id: string;
  parameters: readonly ParameterInfo[];
  values: Record<string, Value>;
  onChange: (values: Record<string, Value>) => void;
}

interface FieldProps {
  id: string;
  option: ParameterInfo;
  value: Value;
  onChange: (value: Value) => void;
}

function Control({ id, option, value, onChange }: FieldProps) {
  const about = { id, 'aria-describedby': `${id}-help` };
  if (option.kind === 'bool') {
    return <input {...about} type="checkbox" checked={value === true} onChange={(e) => { onChange(e.currentTarget.checked); }} />;
  }
  if (option.choices.length > 0) {
    return (
      <select {...about} value={String(value)} onChange={(e) => { onChange(e.currentTarget.value); }}>
        {option.choices.map((c) => <option key={c} value={c}>{c}</option>)}
      </select>
    );
  }
  if (option.kind === 'str') {
    return <input {...about} type="text" spellcheck={false} autocomplete="off" value={String(value)} onInput={(e) => { onChange(e.currentTarget.value); }} />;
  }
  return (
    <NumberField
      {...about}
      step={option.kind === 'int' ? 1 : 'any'}
      {...(option.minimum === null ? {} : { min: option.minimum })}
      {...(option.maximum === null ? {} : { max: option.maximum })}
      value={Number(value)}
      onTake={(found) => { if (Number.isFinite(found)) onChange(option.kind === 'int' ? Math.round(found) : found); }}
    />
  );
}

export function Options({ id, parameters, values, onChange }: OptionsProps) {
  return (
    <>
      {parameters.map((option) => {
        const field = `${id}-${option.name}`;
        return (
          <div key={option.name} class="option">
            <label for={field}>{option.name.replaceAll('_', ' ')}</label>
            <Control id={field} option={option} value={values[option.name] ?? option.default} onChange={(value) => { onChange({ ...values, [option.name]: value }); }} />
            <span id={`${field}-help`} class="quiet">{option.help}</span>
          </div>
        );
      })}
    </>
  );
}
