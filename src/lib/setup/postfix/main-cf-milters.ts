/** Filters are asked while mail comes in: nothing has to be taken in twice, and no envelope gets lost. */
export function milterSettings(milters: readonly string[]): string {
  if (milters.length === 0) return '# No filter is asked.\nsmtpd_milters =\nnon_smtpd_milters =\n';
  return `# What comes from elsewhere is shown to these filters, before it is taken. One that is down stops no mail.
smtpd_milters = ${milters.join(', ')}
non_smtpd_milters =
milter_default_action = accept
milter_protocol = 6
`;
}
