import { defineRule } from '#sdk';

export default defineRule({
  code: 'IST1906',
  severity: 'warning',
  since: '0.1.0',
  summary: 'A suppression cannot be understood, or no longer holds.',
  reads: {},
  messages: {
    unknown: {
      what: 'This {means} suppresses "{word}", which is no rule and no code.',
      why: 'It silences nothing by that name.',
      help: '{hint}"meshlint rules" lists them all.',
    },
    retired: {
      what: 'This {means} suppresses {word}, which no rule reports any more.',
      why: 'It silences nothing.',
      help: 'Take {word} out of it.',
    },
    word: {
      what: 'A comment cannot begin with "{word}".',
      why: 'It silences nothing.',
      help: 'It takes meshlint-disable-next-line, meshlint-disable-line, meshlint-disable-file, or meshlint-disable above a document.',
    },
    misplaced: {
      what: 'The comment "{word}" stands where it is about nothing.',
      why: 'It silences nothing.',
      help: 'Put meshlint-disable above the first line of a document, and meshlint-disable-line behind the line that it is about; meshlint-disable-next-line goes above a line.',
    },
    expired: {
      what: 'The suppression of {code} held until {date}.',
      why: 'What it silenced is reported again.',
      help: 'Mend what it was for, or set a later date and say why.',
    },
  },
});
