/** A field of a form, with the value that it has when nobody touches it. */
export interface Field {
  readonly name: string;
  readonly type: string;
  readonly value: string;
  /** For check boxes and radio buttons: whether it is ticked already. */
  readonly ticked: boolean;
}

export interface Button {
  readonly label: string;
  readonly name: string | undefined;
  readonly value: string;
  readonly action: string | undefined;
}

export interface Form {
  readonly action: string;
  readonly method: 'GET' | 'POST';
  readonly fields: readonly Field[];
  readonly buttons: readonly Button[];
}

/** A page as a browser without JavaScript shows it. */
export class Page {
  constructor(
    readonly url: string,
    readonly status: number,
    readonly headers: Readonly<Record<string, readonly string[]>>,
    readonly body: string,
  ) {}

  get query(): URLSearchParams {
    return new URL(this.url).searchParams;
  }

  /** The title, for whoever has to find out which page this is. */
  get title(): string {
    return unescaped(/<title[^>]*>(.*?)<\/title>/is.exec(this.body)?.[1]?.trim() ?? '');
  }

  get forms(): readonly Form[] {
    return [...this.body.matchAll(/<form\b([^>]*)>(.*?)<\/form>/gis)].map(([, own = '', inside = '']) => {
      const attributes = attributesOf(own);
      return {
        action: new URL(attributes.get('action') ?? this.url, this.url).href,
        method: attributes.get('method')?.toUpperCase() === 'POST' ? 'POST' : 'GET',
        fields: fieldsOf(inside),
        buttons: this.buttonsOf(inside),
      };
    });
  }

  private buttonsOf(inside: string): readonly Button[] {
    const elements = [...inside.matchAll(/<button\b([^>]*)>(.*?)<\/button>/gis)].map(([, own = '', label = '']) => {
      return { attributes: attributesOf(own), label: unescaped(label.replace(/<[^>]*>/g, ' ')).trim() };
    });
    const inputs = tags(inside, 'input')
      .filter((attributes) => attributes.get('type') === 'submit')
      .map((attributes) => ({ attributes, label: attributes.get('value') ?? '' }));
    return [...elements, ...inputs]
      .filter(({ attributes }) => attributes.get('type') !== 'button')
      .map(({ attributes, label }) => {
        const action = attributes.get('formaction');
        return {
          label,
          name: attributes.get('name'),
          value: attributes.get('value') ?? '',
          action: action === undefined ? undefined : new URL(action, this.url).href,
        };
      });
  }
}

function fieldsOf(inside: string): readonly Field[] {
  return tags(inside, 'input').flatMap((attributes) => {
    const name = attributes.get('name');
    const type = attributes.get('type') ?? 'text';
    if (name === undefined || type === 'submit' || type === 'button') return [];
    const isBox = type === 'checkbox' || type === 'radio';
    const value = attributes.get('value') ?? (isBox ? 'on' : '');
    return [{ name, type, value, ticked: isBox && attributes.has('checked') }];
  });
}

function tags(html: string, name: string): readonly ReadonlyMap<string, string>[] {
  return [...html.matchAll(new RegExp(`<${name}\\b([^>]*?)/?>`, 'gis'))].map(([, own = '']) => attributesOf(own));
}

function attributesOf(text: string): ReadonlyMap<string, string> {
  const found = text.matchAll(/([^\s=/"'<>]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/g);
  return new Map(
    [...found].map(([, name = '', double, single, bare]) => [
      name.toLowerCase(),
      unescaped(double ?? single ?? bare ?? ''),
    ]),
  );
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' };

function unescaped(text: string): string {
  return text.replace(/&(?:#(\d+)|#x([\da-f]+)|(\w+));/gi, (all, decimal?: string, hex?: string, name?: string) => {
    if (decimal !== undefined) return String.fromCodePoint(Number(decimal));
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
    return ENTITIES[name ?? ''] ?? all;
  });
}
