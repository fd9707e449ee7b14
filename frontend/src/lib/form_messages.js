/** The texts that form-js has only in English, in our words and in each language of the pages. */

const SIMPLIFIED = {
  required: '请填写此项。',
  number: '请输入数字。',
  integer: '请输入整数。',
  decimals: (n) => `小数点后最多 ${n} 位。`,
  step: (a, b) => `请输入允许的数值，最接近的是 ${a} 和 ${b}。`,
  min: (n) => `不能小于 ${n}。`,
  max: (n) => `不能大于 ${n}。`,
  minLength: (n) => `至少需要 ${n} 个字。`,
  maxLength: (n) => `最多 ${n} 个字。`,
  pattern: '格式不符合要求。',
  phone: '请输入带国家代码的电话号码，例如 +86 10 1234 5678。',
  email: '请输入电子邮件地址。',
  dateAndTime: '日期和时间都要填写。',
  select: '请选择',
  noResults: '没有匹配的选项',
  allSelected: '已全部选择',
  nothing: '没有可显示的内容。',
};

const TRADITIONAL = {
  ...SIMPLIFIED,
  required: '請填寫此項。',
  number: '請輸入數字。',
  integer: '請輸入整數。',
  decimals: (n) => `小數點後最多 ${n} 位。`,
  step: (a, b) => `請輸入允許的數值，最接近的是 ${a} 和 ${b}。`,
  min: (n) => `不能小於 ${n}。`,
  max: (n) => `不能大於 ${n}。`,
  minLength: (n) => `至少需要 ${n} 個字。`,
  maxLength: (n) => `最多 ${n} 個字。`,
  pattern: '格式不符合要求。',
  phone: '請輸入帶國家代碼的電話號碼，例如 +886 2 1234 5678。',
  email: '請輸入電子郵件地址。',
  dateAndTime: '日期和時間都要填寫。',
  select: '請選擇',
  noResults: '沒有符合的選項',
  allSelected: '已全部選擇',
  nothing: '沒有可顯示的內容。',
};

const ENGLISH = {
  required: 'Please fill this in.',
  number: 'Please enter a number.',
  integer: 'Please enter a whole number.',
  decimals: (n) => `May have at most ${n} digits after the point.`,
  step: (a, b) => `Please enter an allowed value; the nearest are ${a} and ${b}.`,
  min: (n) => `Must be at least ${n}.`,
  max: (n) => `Must be at most ${n}.`,
  minLength: (n) => `Needs at least ${n} characters.`,
  maxLength: (n) => `May have at most ${n} characters.`,
  pattern: 'Does not have the form that is asked for.',
  phone: 'Must be a phone number with country code, such as +86 10 1234 5678.',
  email: 'Must be an e-mail address.',
  dateAndTime: 'Please enter both date and time.',
  select: 'Select',
  noResults: 'No results',
  allSelected: 'All values selected',
  nothing: 'Nothing to show.',
};

const VALIDATION = [
  [/^Field is required\.$/, 'required'],
  [/^Value is not a number\.$/, 'number'],
  [/^Value is expected to be an integer\.$/, 'integer'],
  [/^Value is expected to have at most (\d+) decimal digits?\.$/, 'decimals'],
  [/the two nearest valid values are (\S+) and (\S+)\.$/, 'step'],
  [/^Field must have minimum value of (.+)\.$/, 'min'],
  [/^Field must have maximum value of (.+)\.$/, 'max'],
  [/^Field must have minimum length of (.+)\.$/, 'minLength'],
  [/^Field must have maximum length of (.+)\.$/, 'maxLength'],
  [/^Field must match pattern /, 'pattern'],
  [/^Field must be a valid\s+international phone number/, 'phone'],
  [/^Field must be a valid email\.$/, 'email'],
  [/^Date and time must both be entered\.$/, 'dateAndTime'],
];

const INTERFACE = {
  Select: 'select',
  'No results': 'noResults',
  'All values selected': 'allSelected',
  'Nothing to show.': 'nothing',
};

function dictionary(language) {
  if (!language.startsWith('zh')) return ENGLISH;
  return language.includes('Hant') ? TRADITIONAL : SIMPLIFIED;
}

/** A message of form-js' validator in the language; a model's own message stays as it is. */
export function translateError(message, language) {
  const words = dictionary(language);
  for (const [pattern, key] of VALIDATION) {
    const found = pattern.exec(message);
    if (found) return typeof words[key] === 'function' ? words[key](...found.slice(1)) : words[key];
  }
  return message;
}

/** A text of form-js' own controls in the language, or undefined if it is none of those. */
export function translateControl(text, language) {
  const key = Object.hasOwn(INTERFACE, text) ? INTERFACE[text] : undefined;
  return key && dictionary(language)[key];
}
