using System.Globalization;
using System.Text;

namespace Sluice.Benchmarks.Size;

/// <summary>A configuration of so many translations of one realm, four backends each, as a cluster with as many services would have: one port of an address each, UDP, every fourth weighted.</summary>
internal static class TranslationTexts
{
    public const int Backends = 4;
    public const ushort Port = 53;

    /// <summary>The virtual address of a translation.</summary>
    public static uint Virtual(int number) => 0x1E00_0000 + (uint)number;

    /// <summary>The documents, as files of one directory.</summary>
    /// <param name="directory">Where.</param>
    /// <param name="count">Translations.</param>
    /// <param name="changed">Whether each hundredth has another backend in the place of its last.</param>
    public static void Write(string directory, int count, bool changed)
    {
        Directory.CreateDirectory(directory);
        File.WriteAllText(Path.Combine(directory, "gateway.yaml"), """
            apiVersion: sluice.dev/v1alpha1
            kind: Gateway
            metadata: { name: bench }
            spec:
              links:
                - { name: l0, driver: memory, addresses: [192.168.0.1/24], routes: [{ to: 10.0.0.0/8, via: 192.168.0.2 }] }
                - { name: l1, driver: memory, addresses: [192.168.1.1/24], routes: [{ to: 20.0.0.0/8, via: 192.168.1.2 }] }

            """);
        var text = new StringBuilder();
        for (int number = 0; number < count; number++)
        {
            text.Append(Invariant($$"""
                ---
                apiVersion: sluice.dev/v1alpha1
                kind: Translation
                metadata:
                  name: service-{{number}}
                spec:
                  address: {{Address(Virtual(number))}}
                  port: 53
                  protocol: UDP
                  backends:

                """));
            for (int place = 0; place < Backends; place++)
            {
                int which = changed && number % 100 == 0 && place == Backends - 1 ? Backends : place;
                string weight = number % 4 == 0 ? Invariant($"\n      weight: {50 * (place + 1)}") : "";
                text.Append(Invariant($"    - address: {Address(0x1400_0000 + (uint)(number * 8 + which))}\n      port: 5353{weight}\n"));
            }
        }

        File.WriteAllText(Path.Combine(directory, "translations.yaml"), text.ToString());
    }

    private static string Address(uint address) => Invariant($"{address >> 24}.{address >> 16 & 255}.{address >> 8 & 255}.{address & 255}");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
