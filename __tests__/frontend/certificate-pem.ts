/**
 * A certificate for api.example.com, *.models.example.com and xn--mnchen-3ya.example; made with openssl for these tests, valid until 2126.
 * Its key was thrown away.
 */
export const CERTIFICATE_PEM = `-----BEGIN CERTIFICATE-----
MIIB1jCCAX2gAwIBAgIUBJwqfNXsMO6eTNJwhefYwVyXKmIwCgYIKoZIzj0EAwIw
GjEYMBYGA1UEAwwPYXBpLmV4YW1wbGUuY29tMCAXDTI2MTEyMjA5MTg1OFoYDzIx
MjYxMDI5MDkxODU4WjAaMRgwFgYDVQQDDA9hcGkuZXhhbXBsZS5jb20wWTATBgcq
hkjOPQIBBggqhkjOPQMBBwNCAAQWCd9SHpNcHCSLclr+7a7YiXNBUMnZDGnvDcXh
AAmtXOI8L8aDyNhWsJ28k14HF0QRCxQb0viKiqibePRODluNo4GeMIGbMB0GA1Ud
DgQWBBSl8joaKjrLkOgtMyh8c/7qT+0LZDAfBgNVHSMEGDAWgBSl8joaKjrLkOgt
Myh8c/7qT+0LZDAPBgNVHRMBAf8EBTADAQH/MEgGA1UdEQRBMD+CD2FwaS5leGFt
cGxlLmNvbYIUKi5tb2RlbHMuZXhhbXBsZS5jb22CFnhuLS1tbmNoZW4tM3lhLmV4
YW1wbGUwCgYIKoZIzj0EAwIDRwAwRAIgJc0ozMRDgmp0cX3bwmn7O29Z97Vat/xq
ReRI0XCsnWkCICS3sqdFtp/PZcsm5aNSoX14XqK9Y4YHXOawZhlz131/
-----END CERTIFICATE-----
`;
