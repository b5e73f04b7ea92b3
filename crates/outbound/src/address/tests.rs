use super::*;

use AddressClass::{
    Documentation, LinkLocal, Loopback, Metadata, Multicast, Private, Public, Reserved, Shared, Tunnel, Unspecified,
};

fn check(cases: &[(&str, AddressClass)]) {
    for (text, class) in cases {
        assert_eq!(AddressClass::of(text.parse().unwrap()), *class, "{text}");
    }
}

#[test]
fn every_class_has_its_ipv4_addresses() {
    check(&[
        ("8.8.8.8", Public),
        ("172.15.255.255", Public),
        ("172.32.0.0", Public),
        ("100.63.255.255", Public),
        ("100.128.0.0", Public),
        ("169.253.255.255", Public),
        ("0.0.0.0", Unspecified),
        ("0.1.2.3", Unspecified),
        ("10.255.255.255", Private),
        ("172.16.0.1", Private),
        ("172.31.255.255", Private),
        ("192.168.1.1", Private),
        ("100.64.0.1", Shared),
        ("127.0.0.1", Loopback),
        ("127.255.255.254", Loopback),
        ("169.254.1.1", LinkLocal),
        ("169.254.169.254", Metadata),
        ("100.100.100.200", Metadata),
        ("168.63.129.16", Metadata),
        ("192.0.0.192", Metadata),
        ("192.0.0.1", Reserved),
        ("192.0.2.1", Documentation),
        ("198.19.255.255", Documentation),
        ("203.0.113.9", Documentation),
        ("192.88.99.1", Tunnel),
        ("224.0.0.251", Multicast),
        ("255.255.255.255", Multicast),
        ("250.1.1.1", Reserved),
    ]);
}

#[test]
fn every_class_has_its_ipv6_addresses() {
    check(&[
        ("::", Unspecified),
        ("::1", Loopback),
        ("::ffff:127.0.0.1", Loopback),
        ("::ffff:8.8.8.8", Public),
        ("::ffff:0:10.0.0.1", Private),
        ("::127.0.0.1", Loopback),
        ("64:ff9b::a9fe:a9fe", Metadata),
        ("64:ff9b::808:808", Public),
        ("64:ff9b:1::1", Private),
        ("2001:0:4136:e378:8000:63bf:3fff:fdd2", Tunnel),
        ("2002:7f00:1::", Tunnel),
        ("2001:db8::1", Documentation),
        ("3fff::1", Documentation),
        ("2001:2::1", Documentation),
        ("2001:10::1", Reserved),
        ("2606:4700:4700::1111", Public),
        ("2001:4860:4860::8888", Public),
        ("fc00::1", Private),
        ("fd12:3456::1", Private),
        ("fd00:ec2::254", Metadata),
        ("fe80::1", LinkLocal),
        ("fec0::1", Private),
        ("ff02::1", Multicast),
        ("100::1", Reserved),
        ("5f00::1", Reserved),
        ("4000::1", Reserved),
    ]);
}
