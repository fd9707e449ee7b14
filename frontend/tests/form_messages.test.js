import { describe, expect, test } from 'vitest';

import { translateControl, translateError } from '../src/lib/form_messages.js';

describe('translateError', () => {
  test.each([
    ['Field is required.', '请填写此项。'],
    ['Field must have minimum value of 35.', '不能小于 35。'],
    ['Value is expected to have at most 1 decimal digit.', '小数点后最多 1 位。'],
    ['Please select a valid value, the two nearest valid values are 1 and 1.5.',
      '请输入允许的数值，最接近的是 1 和 1.5。'],
    ['Field must be a valid  international phone number. (e.g. +4930664040900)',
      '请输入带国家代码的电话号码，例如 +86 10 1234 5678。'],
  ])('says %s in Simplified Chinese', (english, chinese) => {
    expect(translateError(english, 'zh-Hans')).toBe(chinese);
  });

  test('tells the scripts apart', () => {
    expect(translateError('Field is required.', 'zh-Hant')).toBe('請填寫此項。');
  });

  test('leaves the message of a model as it is', () => {
    expect(translateError('18 位身份证号', 'en')).toBe('18 位身份证号');
  });

  test('speaks as the server does in English', () => {
    expect(translateError('Field is required.', 'en')).toBe('Please fill this in.');
  });
});

describe('translateControl', () => {
  test('knows the texts of the controls', () => {
    expect(translateControl('No results', 'zh-Hans')).toBe('没有匹配的选项');
  });

  test('takes no other text for one of them', () => {
    expect(translateControl('constructor', 'zh-Hans')).toBeUndefined();
  });
});
