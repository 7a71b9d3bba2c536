import { faultsOf } from './policy-check.js';

const SCOPES = ['heart-rate:read', 'heart-rate:stream'];
const check = (text: string) => faultsOf(text, SCOPES);
const when = (condition: string): string => `permit (principal, action, resource)\nwhen { ${condition} };`;

describe('the check of a scope policy', () => {
  it.each([
    ['who asks', 'principal.issuer == "https://as.test" && principal.subject == "bob"'],
    ['claims', 'principal.hasTag("role") && principal.getTag("role").contains("nurse")'],
    [
      'the resource',
      'resource.owner != principal.subject && resource.id like "r*" && resource.resourceServer == "rs1"',
    ],
    ['a type that there may be', 'resource has type && resource.type == "heart"'],
    ['the time', 'context.time < datetime("2027-01-01") && context.time.toTime() > duration("8h")'],
    ['the client, the purpose and the sign-in', 'context.client == "viewer" && context.purposes.contains("TREAT")'],
    ['how strongly somebody was authenticated', 'context.acr.containsAny(["urn:mfa"])'],
    ['the scope', 'action == Action::"heart-rate:read"'],
  ])('lets pass what asks for %s', (_what, condition) => {
    expect(check(when(condition))).toEqual([]);
  });

  it('lets several statements pass of which one permits', () => {
    expect(check(`forbid (principal, action, resource) when { context.client == "x" };\n${when('true')}`)).toEqual([]);
  });

  it.each([
    [
      'an attribute that there is not',
      when('principal.age > 18'),
      2,
      8,
      'attribute `age` on entity type `Person` not found',
    ],
    ['an attribute that may be missing', when('resource.type == "x"'), 2, 8, 'unable to guarantee safety of access'],
    [
      'a comparison of unlike things',
      when('context.client == 1'),
      2,
      8,
      'the types Long and String are not compatible',
    ],
    ['another scope', 'permit (principal, action == Action::"other", resource);', 1, 30, 'unrecognized action'],
    ['no grammar', 'permit (principal, action, resource)\n  whom { true };', 2, 3, 'invalid policy condition: whom'],
    ['a condition that is never met', when('false'), 1, 1, 'policy is impossible'],
  ])('finds %s, and where', (_what, text, line, column, message) => {
    const [fault] = check(text);
    expect(fault).toMatchObject({ line, column });
    expect(fault?.message).toContain(message);
    expect(fault?.message).not.toMatch(/policy0/);
  });

  it('tells in brackets what would help, when Cedar knows', () => {
    const [fault] = check(when('principal.subjet == "x"'));
    expect(fault?.message).toBe('attribute `subjet` on entity type `Person` not found (did you mean `subject`?)');
  });

  it('counts columns in characters, and lines by their ends', () => {
    const [fault] = check('// Zoë’s\npermit (principal, action, resource) when { "ü" == "ü" && principal.age > 1 };');
    expect(fault).toMatchObject({ line: 2, column: 59 });
  });

  it('finds several things in the order of the text', () => {
    const faults = check(`${when('principal.age > 1')}\n${when('resource.y == 1 ')}`);
    expect(faults.map(({ line, column }) => [line, column])).toEqual([
      [2, 8],
      [4, 8],
    ]);
  });

  it('refuses what permits nothing by itself: nobody would ever get the scope', () => {
    const message = 'No statement permits anything, so that nobody would ever get these scopes.';
    expect(check('')).toEqual([{ message }]);
    expect(check('// nothing yet')).toEqual([{ message }]);
    expect(check('forbid (principal, action, resource);')).toEqual([{ message }]);
  });

  it('refuses a template, which has nobody to fill it in', () => {
    expect(check('permit (principal == ?principal, action, resource);')).toEqual([
      { message: 'static policy set includes a template' },
    ]);
  });

  it('does not even look at what is too complex', () => {
    const message = 'The policy is too long or nested too deeply.';
    expect(check(when('('.repeat(500) + 'true' + ')'.repeat(500)))).toEqual([{ message }]);
    expect(check(when(Array.from({ length: 1200 }, () => '"a" != ""').join(' && ')))).toEqual([{ message }]);
    expect(check(`permit (principal, action, resource)${' when { true }'.repeat(1200)};`)).toEqual([{ message }]);
    expect(check(when('true'))).toEqual([]);
  });
});
