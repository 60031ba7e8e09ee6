import { readRules } from './read/read-rules.ts';
import type { RuleDocument } from './rule.ts';

/**
 * The rules that hold where there is no file of rules, as a file to start from: first what is certain, a message that
 * names this very machine or what was just tried on it; then what only looks like a test.
 */
export const defaultRulesText = `# Rules: what is recognised, and what follows. docs/rules.md explains the language.
# The first rule that matches decides; all that match are recorded. "relay: true" puts a message on the probe desk,
# where it waits: nothing is sent by a rule alone.
version: 1
rules:
  # Certain: who sends this has looked at this machine, and wants to know whether it relays.
  - name: own-address-in-subject
    kind: probe
    on: message
    priority: 10
    tags: [relay-test]
    comment: The classic test; in any spelling, encoded or not.
    when:
      subject: { mentions: own-address }
    then: { relay: true }

  - name: own-host-in-subject
    kind: probe
    on: message
    priority: 20
    tags: [relay-test]
    comment: Phishing names hosts as well, but has links.
    when:
      subject: { mentions: own-host }
      recipients: { atMost: 3 }
      size: { atMost: 8 KiB }
      urls: { is: 0 }
    then: { relay: true }

  - name: tried-credentials
    kind: probe
    on: message
    priority: 30
    tags: [relay-test, login-test]
    comment: The user and the password that were just tried are both in the message.
    when:
      all:
        - anywhere: { mentions: tried-user }
        - anywhere: { mentions: tried-password }
        - recipients: { atMost: 3 }
        - size: { atMost: 16 KiB }
    then: { relay: true }

  - name: own-address-in-headers
    kind: probe
    on: message
    priority: 40
    tags: [relay-test]
    comment: In any header but those that servers on the way put on top.
    when:
      headers: { mentions: own-address }
      recipients: { atMost: 3 }
      size: { atMost: 16 KiB }
    then: { relay: true }

  - name: own-address-in-text
    kind: probe
    on: message
    priority: 50
    tags: [relay-test]
    when:
      recipients: { atMost: 3 }
      size: { atMost: 16 KiB }
      any:
        - text: { mentions: own-address }
        - html: { mentions: own-address }
        - attachment: { mentions: own-address }
    then: { relay: true }

  - name: own-address-in-last-lines
    kind: probe
    on: message
    priority: 60
    tags: [relay-test]
    comment: A larger message to one recipient with the address where a signature would be.
    when:
      recipients: { is: 1 }
      size: { atLeast: 16 KiB }
      lastLines: { lines: 20, mentions: own-address }
    then: { relay: true }

  - name: own-host-in-text
    kind: probe
    on: message
    priority: 70
    tags: [relay-test]
    when:
      recipients: { atMost: 3 }
      size: { atMost: 4 KiB }
      urls: { is: 0 }
      any:
        - text: { mentions: own-host }
        - html: { mentions: own-host }
    then: { relay: true }

  # Not certain: noted, and nothing follows.
  - name: test-words-in-subject
    kind: note
    on: message
    priority: 510
    tags: [maybe-relay-test]
    when:
      subject: { regex: '\\b(?:open|smtp|relay|mail|e-?mail) ?(?:relay|test|check|probe)(?:ing|er)?\\b' }
      recipients: { is: 1 }
      size: { atMost: 4 KiB }
      urls: { is: 0 }

  - name: to-itself
    kind: note
    on: message
    priority: 520
    tags: [maybe-relay-test]
    comment: The first message of a peer, short, without a link, from an address to the same address.
    when:
      sameAddress: [from, to]
      recipients: { is: 1 }
      size: { atMost: 2 KiB }
      urls: { is: 0 }
      firstSeen: peer

  - name: envelope-to-itself
    kind: note
    on: message
    priority: 530
    tags: [maybe-relay-test]
    when:
      sameAddress: [sender, recipient]
      recipients: { is: 1 }
      size: { atMost: 2 KiB }
      urls: { is: 0 }
      firstSeen: peer

  - name: relay-form-of-recipient
    kind: note
    on: rcpt
    priority: 540
    tags: [relay-scan]
    comment: A recipient within a recipient, as scanners for open relays write it.
    when:
      any:
        - recipient: { regex: '[%!].*@|@.*@|^@|^".*@.*"' }
        - recipient: { contains: '!' }
        - recipient: { mentions: own-address }

  - name: says-it-is-us
    kind: note
    on: helo
    priority: 550
    tags: [helo-is-us]
    when:
      helo: { mentions: [own-address, own-host] }

  # What comes most, to be sorted by tag. None of it is touched.
  - name: runnable-attachment
    kind: malware
    on: message
    priority: 610
    tags: [runnable-attachment]
    when:
      attachment:
        ends: [.exe, .scr, .com, .pif, .bat, .cmd, .js, .jse, .vbs, .vbe, .wsf, .hta, .lnk, .ps1, .jar, .iso, .img]

  - name: login-page
    kind: phish
    on: message
    priority: 620
    tags: [login-page]
    comment: Asks for a password behind a link; the links are kept with the message.
    when:
      urls: { atLeast: 1 }
      text: { regex: '\\b(?:verify|confirm|validate|update|re-?activate) (?:your|the) (?:e-?mail |mailbox |account |password )' }
    then: { extractUrls: true }

  # Examples, to be changed and enabled.
  - name: known-tester
    kind: probe
    on: message
    priority: 5
    enabled: false
    comment: Comes before all others, and so keeps the tests of a known friend off the desk.
    tags: [known]
    when:
      sender: { equals: tester@example.org }

  - name: check-mark-in-subject
    kind: spam
    on: message
    priority: 710
    enabled: false
    when:
      subject: { starts: ✅ }
    then: { folder: spam }

  - name: cyrillic-sender
    kind: spam
    on: message
    priority: 720
    enabled: false
    when:
      from: { regex: '^\\P{L}*\\p{Cyrillic}' }
    then: { folder: spam }

  - name: same-body-again
    kind: spam
    on: message
    priority: 730
    enabled: false
    comment: Of a campaign that is known by now the evidence and the hash are enough.
    when:
      subject: { equals: Your order }
      none:
        - firstSeen: recipient
    then: { content: drop }
`;

export function defaultRules(): RuleDocument {
  return readRules(defaultRulesText, { shown: 'default rules', folder: '.' });
}
