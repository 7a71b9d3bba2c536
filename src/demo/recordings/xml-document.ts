import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { RecordingError } from './recording-error.js';

/** An element of a parsed document: its text, or its children by name. */
export type XmlNode = unknown;

/**
 * Parses a document into plain elements: without attributes, namespace prefixes and entities (an entity stays the text it
 * is written as, so none can expand, nor fetch anything).
 *
 * @throws RecordingError when it is not well-formed, with the line, or is built to exhaust the reader
 */
export function parseXml(text: string): XmlNode {
  // Deprecated for a package of its own, but this version carries it, and the parser alone forgives what is not well-formed.
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  const verdict = XMLValidator.validate(text);
  if (verdict !== true) throw new RecordingError(complaint(verdict.err));
  const parser = new XMLParser({ removeNSPrefix: true, parseTagValue: false, processEntities: false });
  try {
    return parser.parse(text);
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw new RecordingError(`is not XML that can be read (${detail})`, undefined, { cause });
  }
}

function complaint({
  code,
  msg,
  line,
}: {
  readonly code: string;
  readonly msg: string;
  readonly line: number;
}): string {
  // For a document that ends too early the validator lists the open elements and gives line 1.
  if (code === 'InvalidXml' && msg.startsWith("Invalid '["))
    return 'is cut off: not every element is closed at its end';
  return `is not well-formed XML (line ${line}: ${msg})`;
}

/** The children of a node that have this name, in document order. */
export function childrenNamed(node: XmlNode, name: string): readonly XmlNode[] {
  const child = isElement(node) ? node[name] : undefined;
  if (child === undefined) return [];
  return Array.isArray(child) ? child : [child];
}

/** All elements below a node that have this name, however deep. */
export function descendantsNamed(node: XmlNode, name: string): readonly XmlNode[] {
  if (Array.isArray(node)) return node.flatMap((item) => descendantsNamed(item, name));
  if (!isElement(node)) return [];
  return Object.entries(node).flatMap(([key, child]) =>
    key === name ? [child].flat() : descendantsNamed(child, name),
  );
}

/** The text of the first of some nodes; `undefined` when there is none, or it is empty. */
export function firstText(nodes: readonly XmlNode[]): string | undefined {
  const [text] = nodes;
  return typeof text === 'string' && text !== '' ? text : undefined;
}

function isElement(node: XmlNode): node is Readonly<Record<string, XmlNode>> {
  return typeof node === 'object' && node !== null;
}
