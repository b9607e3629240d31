use super::*;

const PHONE: &str = "10<TCP:[127.0.0.1:8080->127.0.0.1:40000]>";
const ONE: &str = "7c1b3c70-5f4e-4d0e-9a52-111111111111";

fn heard(thread: u32, phone: &str) -> String {
    format!("{thread} recvfrom({phone}, \"POST /graphql HTTP/1.1\\r\\n\"..., 4096, 0, NULL, NULL) = 420\n")
}

fn answered(thread: u32, phone: &str) -> String {
    let body = format!(r#"{{\"receipt\":{{\"submissionId\":\"{ONE}\"}},\"replayed\":false}}"#);
    format!("{thread} sendto({phone}, \"HTTP/1.1 200 OK\\r\\n{body}\", 300, MSG_NOSIGNAL, NULL, 0) = 300\n")
}

fn flushed(thread: u32, result: &str) -> String {
    format!("{thread} fdatasync(7</data/chuishao.db-wal>) = {result}\n")
}

fn counts(trace: &str) -> (usize, usize) {
    let seen = Trace::of(trace);
    assert_eq!(seen.after_a_flush.iter().chain(&seen.too_early).map(Uuid::to_string).collect::<Vec<_>>(), [ONE]);
    (seen.after_a_flush.len(), seen.too_early.len())
}

#[test]
fn a_flush_between_is_found() {
    assert_eq!(counts(&(heard(1, PHONE) + &flushed(2, "0") + &answered(1, PHONE))), (1, 0));
    let parted = "2 fdatasync(7</data/chuishao.db-wal> <unfinished ...>\n1 read(3<pipe:[1]>, \"\", 8) = 0\n\
                  2 <... fdatasync resumed>) = 0\n";
    assert_eq!(counts(&(heard(1, PHONE) + parted + &answered(3, PHONE))), (1, 0));
}

#[test]
fn without_a_flush_between_an_answer_is_too_early() {
    let other = "2 fdatasync(9</data/photos/parts/x>) = 0\n";
    let begun_before = "2 fdatasync(7</data/chuishao.db-wal> <unfinished ...>\n";
    let ended_after = "2 <... fdatasync resumed>) = 0\n";
    for trace in [
        heard(1, PHONE) + &answered(1, PHONE),
        flushed(2, "0") + &heard(1, PHONE) + &answered(1, PHONE),
        heard(1, PHONE) + &answered(1, PHONE) + &flushed(2, "0"),
        heard(1, PHONE) + other + &answered(1, PHONE),
        heard(1, PHONE) + &flushed(2, "-1 EIO (Input/output error) (INJECTED)") + &answered(1, PHONE),
        begun_before.to_owned() + &heard(1, PHONE) + ended_after + &answered(1, PHONE),
        heard(1, PHONE) + begun_before + &answered(1, PHONE) + ended_after,
    ] {
        assert_eq!(counts(&trace), (0, 1), "{trace}");
    }
}

#[test]
fn the_last_bytes_of_a_request_count() {
    assert_eq!(counts(&(heard(1, PHONE) + &flushed(2, "0") + &heard(1, PHONE) + &answered(1, PHONE))), (0, 1));
    let nothing =
        format!("1 recvfrom({PHONE}, 0x7f, 4096, 0, NULL, NULL) = -1 EAGAIN (Resource temporarily unavailable)\n");
    assert_eq!(counts(&(heard(1, PHONE) + &flushed(2, "0") + &nothing + &answered(1, PHONE))), (1, 0));
    let other = "10<TCP:[127.0.0.1:8080->127.0.0.1:40001]>";
    assert_eq!(counts(&(heard(1, PHONE) + &flushed(2, "0") + &heard(1, other) + &answered(1, PHONE))), (1, 0));
}

#[test]
fn replays_and_other_answers_are_no_receipts_that_are_new() {
    let replay = answered(1, PHONE).replace("false", "true");
    assert_eq!(Trace::of(&(heard(1, PHONE) + &replay)), Seen::default());
}
