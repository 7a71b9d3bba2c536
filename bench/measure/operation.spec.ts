import { basic, formBody, template } from './operation.js';

describe('an operation', () => {
  it('has values put into its texts, and no others', () => {
    expect(template('/resources/{id}?a={a}')({ id: 'r1', a: 'b' })).toBe('/resources/r1?a=b');
    expect(template('{"resource_id":"{id}","x":{}}')({ id: 'r1' })).toBe('{"resource_id":"r1","x":{}}');
    expect(template('{"none":{}}')({})).toBe('{"none":{}}');
    expect(() => template('{ticket}')({})).toThrow('There is no value for {ticket}.');
  });

  it('keeps places for values in a form that is encoded', () => {
    expect(formBody({ grant_type: 'urn:a b', ticket: '{ticket}' })).toBe('grant_type=urn%3Aa+b&ticket={ticket}');
  });

  it('authenticates a client', () => {
    expect(basic({ id: 'a', secret: 'b' })).toEqual({ authorization: 'Basic YTpi' });
  });
});
