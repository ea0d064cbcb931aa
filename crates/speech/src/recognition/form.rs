//! A form with a file in it: `multipart/form-data` (RFC 7578).

/// A form that is being filled.
#[derive(Default)]
pub(super) struct Form {
    parts: Vec<(String, Vec<u8>)>,
}

impl Form {
    /// A field of text.
    pub(super) fn field(&mut self, name: &str, value: &str) {
        let head = format!("Content-Disposition: form-data; name=\"{name}\"\r\n\r\n");
        self.parts.push((head, value.as_bytes().to_vec()));
    }

    /// A file; its names are ours and need no escaping.
    pub(super) fn file(&mut self, name: &str, file: &str, kind: &str, content: Vec<u8>) {
        let disposition = format!("form-data; name=\"{name}\"; filename=\"{file}\"");
        let head = format!("Content-Disposition: {disposition}\r\nContent-Type: {kind}\r\n\r\n");
        self.parts.push((head, content));
    }

    /// The content type, and the body.
    pub(super) fn finish(self) -> (String, Vec<u8>) {
        let boundary = self.boundary();
        let length: usize =
            self.parts.iter().map(|(head, content)| head.len() + content.len()).sum();
        let mut body = Vec::with_capacity(length + (self.parts.len() + 1) * (boundary.len() + 8));
        for (head, content) in &self.parts {
            body.extend_from_slice(format!("--{boundary}\r\n{head}").as_bytes());
            body.extend_from_slice(content);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
        (format!("multipart/form-data; boundary={boundary}"), body)
    }

    /// A line that occurs in none of the parts.
    fn boundary(&self) -> String {
        let occurs = |boundary: &str| {
            self.parts.iter().any(|(_, content)| {
                content.windows(boundary.len()).any(|window| window == boundary.as_bytes())
            })
        };
        let mut number = 0_u64;
        loop {
            let boundary = format!("alo-form-{number}");
            if !occurs(&boundary) {
                return boundary;
            }
            number += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_has_its_parts_between_boundaries() {
        let mut form = Form::default();
        form.file("file", "a.wav", "audio/wav", vec![0, 255]);
        form.field("prompt", "olá");
        let (kind, body) = form.finish();
        assert_eq!(kind, "multipart/form-data; boundary=alo-form-0");
        let mut expected = b"--alo-form-0\r\n\
            Content-Disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\n\
            Content-Type: audio/wav\r\n\r\n\x00\xff\r\n"
            .to_vec();
        expected.extend(
            "--alo-form-0\r\nContent-Disposition: form-data; name=\"prompt\"\r\n\r\nolá\r\n\
             --alo-form-0--\r\n"
                .bytes(),
        );
        assert_eq!(body, expected);
    }

    #[test]
    fn what_is_said_never_ends_the_form() {
        let mut form = Form::default();
        form.field("prompt", "--alo-form-0--\r\nalo-form-1");
        assert_eq!(form.finish().0, "multipart/form-data; boundary=alo-form-2");
    }
}
