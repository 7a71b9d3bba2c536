describe('the line about an unsupported runtime', () => {
  afterEach(() => {
    jest.resetModules();
  });

  it('is kept from the console while the package loads, and no other line is', async () => {
    const warn = jest.spyOn(console, 'warn').mockReturnValue();
    const { speakAgain } = await import('./unsupported-runtime.js');
    console.warn('\u001b[31;1moidc-provider WARNING: Unsupported runtime. Use Node.js v22.x LTS');
    expect(warn).not.toHaveBeenCalled();
    console.warn('oidc-provider WARNING: something that matters');
    expect(warn).toHaveBeenCalledWith('oidc-provider WARNING: something that matters');
    speakAgain();
    console.warn('oidc-provider WARNING: Unsupported runtime');
    expect(warn).toHaveBeenCalledTimes(2);
  });
});
