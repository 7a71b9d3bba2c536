const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", nbsp: ' ' };

/** Text of HTML as a reader sees its characters. */
export function unescapeHtml(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|#39|nbsp);/g, (_all, name: string) => ENTITIES[name] ?? '');
}

/** One way to press a form's button: what it sends besides the fields. */
export interface FormButton {
  readonly label: string;
  readonly name: string | undefined;
  readonly value: string;
  /** `formaction`, absolute; undefined when the form's own action holds. */
  readonly action: string | undefined;
}

/** A form as the page offers it, with the values that are filled in already. */
export interface Form {
  readonly action: string;
  readonly method: 'GET' | 'POST';
  readonly fields: ReadonlyMap<string, string>;
  /** Names of everything a person can fill in or tick, with or without a value yet. */
  readonly names: readonly string[];
  readonly buttons: readonly FormButton[];
}

/** One answer of a server, as a person without JavaScript gets it. */
export class Page {
  constructor(
    readonly url: string,
    readonly status: number,
    readonly headers: Readonly<Record<string, string>>,
    readonly body: string,
  ) {}

  /** The query parameters of the page's address. */
  get query(): Readonly<Record<string, string>> {
    return Object.fromEntries(new URL(this.url).searchParams);
  }

  /** What can be read on the page: markup gone, white space collapsed. */
  get text(): string {
    const visible = this.body.replace(/<(head|style|script)\b.*?<\/\1>/gs, ' ').replace(/<[^>]*>/g, ' ');
    return unescapeHtml(visible).replace(/\s+/g, ' ').trim();
  }

  get title(): string {
    return unescapeHtml(/<title>(.*?)<\/title>/s.exec(this.body)?.[1]?.trim() ?? '');
  }

  json(): Record<string, unknown> {
    return JSON.parse(this.body) as Record<string, unknown>;
  }

  get forms(): readonly Form[] {
    return [...this.body.matchAll(/<form\b([^>]*)>(.*?)<\/form>/gs)].map(([, attributes = '', inside = '']) =>
      readForm(this.url, attributesOf(attributes), inside),
    );
  }

  /** Address of the link with this text. */
  link(text: string): string {
    for (const [, attributes = '', inside = ''] of this.body.matchAll(/<a\b([^>]*)>(.*?)<\/a>/gs)) {
      const label = unescapeHtml(inside.replace(/<[^>]*>/g, ' '))
        .replace(/\s+/g, ' ')
        .trim();
      const href = attributesOf(attributes).get('href');
      if (label === text && href !== undefined) return new URL(href, this.url).href;
    }
    throw new Error(`No link "${text}" on ${this.url}`);
  }
}

function readForm(url: string, attributes: ReadonlyMap<string, string>, inside: string): Form {
  const fields = new Map<string, string>();
  const names: string[] = [];
  for (const field of [...inputs(inside), ...textareas(inside), ...selects(inside)]) {
    if (!field.hidden) names.push(field.name);
    if (field.value !== undefined) fields.set(field.name, field.value);
  }
  return {
    action: new URL(attributes.get('action') ?? url, url).href,
    method: attributes.get('method')?.toUpperCase() === 'POST' ? 'POST' : 'GET',
    fields,
    names,
    buttons: buttons(url, inside),
  };
}

interface Field {
  readonly name: string;
  readonly value: string | undefined;
  readonly hidden: boolean;
}

function inputs(inside: string): readonly Field[] {
  return [...inside.matchAll(/<input\b([^>]*?)\/?>/gs)].flatMap(([, text = '']) => {
    const attributes = attributesOf(text);
    const type = attributes.get('type') ?? 'text';
    const name = attributes.get('name');
    if (name === undefined || type === 'submit') return [];
    const tickable = type === 'checkbox' || type === 'radio';
    const value = attributes.get('value') ?? (tickable ? 'on' : '');
    return [{ name, value: tickable && !attributes.has('checked') ? undefined : value, hidden: type === 'hidden' }];
  });
}

function textareas(inside: string): readonly Field[] {
  return [...inside.matchAll(/<textarea\b([^>]*)>(.*?)<\/textarea>/gs)].flatMap(([, text = '', value = '']) => {
    const name = attributesOf(text).get('name');
    return name === undefined ? [] : [{ name, value: unescapeHtml(value), hidden: false }];
  });
}

function selects(inside: string): readonly Field[] {
  return [...inside.matchAll(/<select\b([^>]*)>(.*?)<\/select>/gs)].flatMap(([, text = '', body = '']) => {
    const name = attributesOf(text).get('name');
    const options = [...body.matchAll(/<option\b([^>]*)>(.*?)(?=<\/option>|<option|$)/gs)].map(
      ([, optionText = '', label = '']) => ({
        attributes: attributesOf(optionText),
        label: unescapeHtml(label).trim(),
      }),
    );
    const chosen = options.find(({ attributes }) => attributes.has('selected')) ?? options[0];
    return name === undefined ? [] : [{ name, value: chosen?.attributes.get('value') ?? chosen?.label, hidden: false }];
  });
}

function buttons(url: string, inside: string): readonly FormButton[] {
  return [...inside.matchAll(/<button\b([^>]*)>(.*?)<\/button>/gs)].flatMap(([, text = '', label = '']) => {
    const attributes = attributesOf(text);
    if (attributes.get('type') === 'button') return [];
    const action = attributes.get('formaction');
    return [
      {
        label: unescapeHtml(label.replace(/<[^>]*>/g, ' ')).trim(),
        name: attributes.get('name'),
        value: attributes.get('value') ?? '',
        action: action === undefined ? undefined : new URL(action, url).href,
      },
    ];
  });
}

function attributesOf(text: string): ReadonlyMap<string, string> {
  const found = text.matchAll(/([^\s=/"'<>]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/g);
  return new Map(
    [...found].map(([, name = '', double, single, bare]) => [
      name.toLowerCase(),
      unescapeHtml(double ?? single ?? bare ?? ''),
    ]),
  );
}
