//! The crates reed-solomon-simd and aes-gcm, under the contract of ../README.md.
use aes_gcm::aead::{inout::InOutBuf, AeadInOut, KeyInit};
use aes_gcm::Aes128Gcm;
use reed_solomon_simd::{ReedSolomonDecoder, ReedSolomonEncoder};
use std::time::Instant;

struct Shape {
    op: String,
    k: usize,
    m: usize,
    bytes: usize,
    lost: usize,
}

fn original_data(shape: &Shape) -> Vec<u8> {
    let mut state: u64 = 1;
    let mut data = vec![0u8; shape.k * shape.bytes];
    for word in data.chunks_exact_mut(8) {
        state = state.wrapping_add(0x9E3779B97F4A7C15);
        let mut z = state;
        z = (z ^ z >> 30).wrapping_mul(0xBF58476D1CE4E5B9);
        z = (z ^ z >> 27).wrapping_mul(0x94D049BB133111EB);
        word.copy_from_slice(&(z ^ z >> 31).to_le_bytes());
    }
    data
}

fn checksum<'a>(shards: impl Iterator<Item = &'a [u8]>) -> u64 {
    shards.flatten().fold(0xCBF29CE484222325, |sum, byte| (sum ^ u64::from(*byte)).wrapping_mul(0x100000001B3))
}

/// Nanoseconds of one call of `work`.
fn time_ns(milliseconds: f64, mut work: impl FnMut()) -> f64 {
    let mut batch_ns = |calls: u32| {
        let begin = Instant::now();
        for _ in 0..calls {
            work();
        }
        begin.elapsed().as_nanos() as f64
    };
    batch_ns(1);
    let calls = (500_000.0 / batch_ns(1) + 1.0) as u32;
    let mut best = batch_ns(calls);
    let mut spent = best;
    while spent < milliseconds * 1e6 {
        let now = batch_ns(calls);
        spent += now;
        best = best.min(now);
    }
    best / f64::from(calls)
}

fn encode(shape: &Shape, milliseconds: f64) -> (f64, u64) {
    let data = original_data(shape);
    let mut encoder = ReedSolomonEncoder::new(shape.k, shape.m, shape.bytes).unwrap();
    let add = |encoder: &mut ReedSolomonEncoder| {
        data.chunks_exact(shape.bytes).for_each(|shard| encoder.add_original_shard(shard).unwrap())
    };
    let ns = time_ns(milliseconds, || {
        add(&mut encoder);
        std::hint::black_box(encoder.encode().unwrap());
    });
    add(&mut encoder);
    let parity = encoder.encode().unwrap();
    (ns, checksum(parity.recovery_iter()))
}

fn decode(shape: &Shape, milliseconds: f64) -> (f64, u64) {
    let data = original_data(shape);
    let parity = reed_solomon_simd::encode(shape.k, shape.m, data.chunks_exact(shape.bytes)).unwrap();
    let lost: Vec<usize> = (0..shape.lost).map(|i| i * shape.k / shape.lost).collect();
    let present: Vec<usize> = (0..shape.k).filter(|i| !lost.contains(i)).collect();
    let mut decoder = ReedSolomonDecoder::new(shape.k, shape.m, shape.bytes).unwrap();
    let add = |decoder: &mut ReedSolomonDecoder| {
        for &i in &present {
            decoder.add_original_shard(i, &data[i * shape.bytes..(i + 1) * shape.bytes]).unwrap();
        }
        for (i, shard) in parity.iter().enumerate() {
            decoder.add_recovery_shard(i, shard).unwrap();
        }
    };
    let ns = time_ns(milliseconds, || {
        add(&mut decoder);
        std::hint::black_box(decoder.decode().unwrap());
    });
    add(&mut decoder);
    let rebuilt = decoder.decode().unwrap();
    (ns, checksum(lost.iter().map(|&i| rebuilt.restored_original(i).unwrap())))
}

fn seal(shape: &Shape, milliseconds: f64) -> (f64, u64) {
    let cipher = Aes128Gcm::new(&[0u8; 16].into());
    let mut packets = vec![0u8; shape.k * (shape.bytes + 16)];
    let mut number: u64 = 0;
    let ns = time_ns(milliseconds, || {
        for packet in packets.chunks_exact_mut(shape.bytes + 16) {
            number += 1;
            let mut nonce = [0u8; 12];
            nonce[4..].copy_from_slice(&number.to_be_bytes());
            let (body, tag) = packet.split_at_mut(shape.bytes);
            let made = cipher
                .encrypt_inout_detached(&nonce.into(), &number.to_be_bytes(), InOutBuf::from(body))
                .unwrap();
            tag.copy_from_slice(&made);
        }
    });
    (ns, 0)
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let milliseconds: f64 = arguments.next().and_then(|word| word.parse().ok()).expect("MILLISECONDS OP:K:M:BYTES:LOST...");
    for word in arguments {
        let parts: Vec<&str> = word.split(':').collect();
        let number = |i: usize| parts[i].parse::<usize>().expect("a number");
        let shape = Shape { op: parts[0].into(), k: number(1), m: number(2), bytes: number(3), lost: number(4) };
        let (name, (ns, sum)) = match shape.op.as_str() {
            "gf16-encode" => ("reed-solomon-simd", encode(&shape, milliseconds)),
            "gf16-decode" => ("reed-solomon-simd", decode(&shape, milliseconds)),
            "seal" => ("aes-gcm", seal(&shape, milliseconds)),
            _ => continue,
        };
        println!("{name} {} {} {} {} {} {ns:.1} {sum:016x}", shape.op, shape.k, shape.m, shape.bytes, shape.lost);
    }
}
