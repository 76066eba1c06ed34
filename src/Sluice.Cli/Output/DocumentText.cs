using System.Text;
using System.Text.Json;
using Sluice.Config.Yaml;
using Sluice.Gateway.Control;
using Sluice.Gateway.Views;

namespace Sluice.Cli.Output;

/// <summary>What <c>-o yaml</c> and <c>-o json</c> print.</summary>
internal static class DocumentText
{
    public static void Write(CommandContext context, string what, JsonElement result, string form)
    {
        bool yaml = form == "yaml";
        if (form == "cnat") Commands(context.Output, result.Deserialize(GatewayJson.Default.ConfigView)!);
        else if (yaml && what == "documents") Files(context, result.Deserialize(GatewayJson.Default.ConfigView)!);
        else if (yaml) context.Output.Write(YamlText.Of(result));
        else context.Output.WriteLine(IndentedText(result));
    }

    // A file of command lines, which stands beside the documents.
    private static void Commands(TextWriter output, ConfigView view)
    {
        if (view.Commands is not { Count: > 0 } commands) output.WriteLine("# no command lines are in force");
        else foreach (string line in commands) output.WriteLine(line);
    }

    // Together they are one stream of documents, which check, replay and apply take again.
    private static void Files(CommandContext context, ConfigView view)
    {
        TextWriter output = context.Output;
        bool first = true;
        foreach (ConfigFileView file in view.Files)
        {
            string text = file.Text ?? "";
            if (file.Name.EndsWith(".cnat", StringComparison.Ordinal))
            {
                // Command lines are no YAML: they are shown, as comments.
                output.WriteLine($"# {file.Name}");
                foreach (ReadOnlySpan<char> line in text.AsSpan().TrimEnd('\n').EnumerateLines()) output.WriteLine($"# {line}");
                continue;
            }

            if (!first && !BeginsDocument(text)) output.WriteLine("---");
            first = false;
            output.WriteLine($"# {file.Name}");
            output.Write(text);
            if (text.Length > 0 && text[^1] != '\n') output.WriteLine();
        }

        if (view.Commands is { Count: > 0 })
            context.Error.WriteLine("sluice: command lines stand there as comments only: 'sluice show config -o cnat > FILE.cnat' writes those in force, to be applied beside the documents");
    }

    private static bool BeginsDocument(string text)
    {
        foreach (ReadOnlySpan<char> line in text.AsSpan().EnumerateLines())
        {
            if (line.IsWhiteSpace() || line.TrimStart().StartsWith('#')) continue;
            return line.StartsWith("---", StringComparison.Ordinal);
        }

        return false;
    }

    private static string IndentedText(JsonElement result)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true })) result.WriteTo(writer);
        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
